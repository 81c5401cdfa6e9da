"""What a notebook would show of the recorded messages: streams joined, clears and updates applied.

Pure: rows in, outputs out. A part's number is stable while its execution goes on: it is made of
the row's index and the place of the MIME type in that row, and 0 is the step's source.
"""

from collections.abc import Mapping

import msgspec

from .views import INLINE_BYTES, OutputView, PartView

SOURCE = 0
PARTS_OF_A_ROW = 16


class RecordedPart(msgspec.Struct, kw_only=True):
    """One MIME part as it was recorded; `text` is its head, as far as somebody read it."""

    mime: str
    number: int
    size: int
    text: str | None = None
    complete: bool = True
    damaged: bool = False


class RecordedOutput(msgspec.Struct, kw_only=True):
    """One message of output as it was recorded."""

    index: int
    type: str
    name: str | None = None
    value: str | None = None
    display_id: str | None = None
    wait: bool = False
    parts: list[RecordedPart] = []
    dropped_bytes: int = 0


class ShownOutput(msgspec.Struct, kw_only=True):
    """One output as the notebook shows it, and the rows that it is made of."""

    rows: list[int]
    type: str
    name: str | None
    value: str | None
    display_id: str | None
    parts: list[RecordedPart]
    dropped_bytes: int
    updated_by: str | None = None  # a later run, whose parts these are

    def view(self, limit: int = INLINE_BYTES) -> OutputView:
        """As the API answers it, long text cut."""
        return OutputView(
            index=self.rows[0],
            type=self.type,
            name=self.name,
            value=self.value,
            parts=[_part_view(part, limit) for part in self.parts],
            dropped_bytes=self.dropped_bytes,
            updated_by=self.updated_by,
        )


def part_number(index: int, place: int) -> int:
    """The <n> of a part's link."""
    return 1 + index * PARTS_OF_A_ROW + place


def fold(rows: list[RecordedOutput]) -> list[ShownOutput]:
    """The outputs that remain, oldest first."""
    shown: list[ShownOutput] = []
    clear_next = False
    for row in rows:
        if row.type == "update_display_data":
            _update(shown, row)
        elif row.type == "clear_output" and row.wait:
            clear_next = True
        else:
            if clear_next or row.type == "clear_output":
                shown.clear()
                clear_next = False
            _add(shown, row)
    for output in shown:
        if output.type == "stream":
            _settle(output)
    return shown


def update(shown: list[ShownOutput], later: Mapping[str, tuple[str, RecordedOutput]]) -> None:
    """Show what later runs have made of displays; by the display's name, the run and its output."""
    for output in shown:
        if output.display_id is not None and output.display_id in later:
            output.updated_by, row = later[output.display_id]
            output.parts = [msgspec.structs.replace(part) for part in row.parts]
            output.dropped_bytes = row.dropped_bytes


def _add(shown: list[ShownOutput], row: RecordedOutput) -> None:
    if _continues(shown, row):
        _append(shown[-1], row)
    elif row.type != "clear_output":
        shown.append(_show(row))


def _show(row: RecordedOutput) -> ShownOutput:
    return ShownOutput(
        rows=[row.index],
        type=row.type,
        name=row.name,
        value=row.value,
        display_id=row.display_id,
        parts=[msgspec.structs.replace(part) for part in row.parts],
        dropped_bytes=row.dropped_bytes,
    )


def _update(shown: list[ShownOutput], row: RecordedOutput) -> None:
    for output in shown:
        if row.display_id is not None and output.display_id == row.display_id:
            output.rows.append(row.index)
            output.parts = [msgspec.structs.replace(part) for part in row.parts]
            output.dropped_bytes = row.dropped_bytes


def _continues(shown: list[ShownOutput], row: RecordedOutput) -> bool:
    return (
        row.type == "stream"
        and bool(shown)
        and shown[-1].type == "stream"
        and shown[-1].name == row.name
        and len(row.parts) == len(shown[-1].parts) == 1
    )


def _append(output: ShownOutput, row: RecordedOutput) -> None:
    part, more = output.parts[0], row.parts[0]
    output.rows.append(row.index)
    output.dropped_bytes += row.dropped_bytes
    if part.complete and part.text is not None and more.text is not None:
        part.text += more.text
        part.complete = more.complete
    else:
        part.complete = False
    part.damaged = part.damaged or more.damaged
    part.size += more.size


def _settle(output: ShownOutput) -> None:
    for part in output.parts:
        if part.text is not None and ("\r" in part.text or "\b" in part.text):
            part.text = overwritten(part.text)
            if part.complete:
                part.size = len(part.text.encode("utf-8", "replace"))


def overwritten(text: str) -> str:
    """The text as a terminal shows it: backspaces and carriage returns carried out."""
    if "\b" in text:
        kept: list[str] = []
        for character in text:
            if character != "\b":
                kept.append(character)
            elif kept and kept[-1] != "\n":
                kept.pop()
        text = "".join(kept)
    if "\r" not in text:
        return text
    return "\n".join(_overwrite(line) if "\r" in line else line for line in text.split("\n"))


def _overwrite(line: str) -> str:
    shown = ""
    for written in line.split("\r"):
        if written:
            shown = written + shown[len(written) :]
    return shown


def _part_view(part: RecordedPart, limit: int) -> PartView:
    text, is_cut = part.text, not part.complete
    if text is not None:
        text, longer = head(text, limit)
        is_cut = is_cut or longer
    return PartView(
        mime=part.mime,
        size=part.size,
        payload=part.number,
        text=text,
        cut=is_cut and part.text is not None,
        damaged=part.damaged,
    )


def head(text: str, limit: int = INLINE_BYTES) -> tuple[str, bool]:
    """As much of the text as fits into `limit` bytes, and whether something was cut."""
    if len(text) * 4 <= limit:
        return text, False
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return text, False
    return encoded[:limit].decode("utf-8", "ignore"), True
