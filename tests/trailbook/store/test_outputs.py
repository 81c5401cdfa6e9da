"""What a notebook would show of the messages that a kernel sent."""

from typing import Any

import pytest

from trailbook.store.outputs import (
    RecordedOutput,
    RecordedPart,
    ShownOutput,
    fold,
    head,
    overwritten,
    part_number,
    update,
)


def message(index: int, kind: str, text: str | None = None, **fields: Any) -> RecordedOutput:
    parts = []
    if text is not None:
        number = part_number(index, 0)
        parts = [RecordedPart(mime="text/plain", number=number, size=len(text), text=text)]
    return RecordedOutput(index=index, type=kind, parts=parts, **fields)


def texts(shown: list[ShownOutput]) -> list[str | None]:
    return [part.text for output in shown for part in output.parts]


def test_one_stream_after_another_is_one() -> None:
    shown = fold(
        [
            message(0, "stream", "a", name="stdout"),
            message(1, "stream", "b\n", name="stdout"),
            message(2, "stream", "no", name="stderr"),
            message(3, "stream", "c", name="stdout"),
        ]
    )
    assert texts(shown) == ["ab\n", "no", "c"]
    assert [output.rows for output in shown] == [[0, 1], [2], [3]]
    assert shown[0].view().parts[0].size == 3


def test_a_cleared_output_is_gone_at_once() -> None:
    assert texts(fold([message(0, "stream", "a"), message(1, "clear_output")])) == []


def test_a_clear_that_waits_clears_with_the_next_output() -> None:
    waiting = [message(0, "stream", "a"), message(1, "clear_output", wait=True)]
    assert texts(fold(waiting)) == ["a"]
    assert texts(fold([*waiting, message(2, "display_data", "b")])) == ["b"]
    assert texts(fold([*waiting, message(2, "stream", "b")])) == ["b"]


def test_a_stream_after_a_waiting_clear_starts_anew() -> None:
    rows = [message(0, "stream", "a"), message(1, "clear_output", wait=True)]
    rows += [message(2, "stream", "b"), message(3, "stream", "c")]
    assert texts(fold(rows)) == ["bc"]


def test_an_update_changes_every_display_of_its_id() -> None:
    shown = fold(
        [
            message(0, "display_data", "1 %", display_id="bar"),
            message(1, "display_data", "other", display_id="other"),
            message(2, "execute_result", "1 %", display_id="bar"),
            message(3, "update_display_data", "50 %", display_id="bar"),
            message(4, "update_display_data", "100 %", display_id="bar"),
        ]
    )
    assert texts(shown) == ["100 %", "other", "100 %"]
    assert [output.type for output in shown] == ["display_data", "display_data", "execute_result"]
    assert shown[0].parts[0].number == part_number(4, 0)


def test_an_update_of_nothing_shows_nothing() -> None:
    assert fold([message(0, "update_display_data", "x", display_id="elsewhere")]) == []
    shown = fold([message(0, "display_data", "a"), message(1, "update_display_data", "x")])
    assert texts(shown) == ["a"]


def test_folding_leaves_the_rows_as_they_were() -> None:
    rows = [message(0, "stream", "a"), message(1, "stream", "b")]
    assert texts(fold(rows)) == texts(fold(rows)) == ["ab"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("10%\r20%\r30%\n", "30%\n"),
        ("abc\rX", "Xbc"),
        ("abc\r", "abc"),
        ("abc\r\n", "abc\n"),
        ("long line\rshort\nnext\rN", "shortline\nNext"),
        ("ab\bc", "ac"),
        ("a\n\bb", "a\nb"),
        ("\b\b", ""),
        ("abc\b\b\bxyz", "xyz"),
        ("no change", "no change"),
    ],
)
def test_overwriting_like_a_terminal(written: str, shown: str) -> None:
    assert overwritten(written) == shown


def test_a_progress_bar_over_many_messages_is_its_last_line() -> None:
    rows = [message(n, "stream", f"{n}%\r") for n in range(101)]
    assert texts(fold(rows)) == ["100%"]


def test_long_text_is_cut_between_characters() -> None:
    text, is_cut = head("ä" * 20_000, 20_001)
    assert is_cut
    assert text == "ä" * 10_000
    assert head("short") == ("short", False)


def test_a_long_text_in_a_view_says_that_it_is_cut() -> None:
    (shown,) = fold([message(0, "stream", "x" * 30_000)])
    part = shown.view().parts[0]
    assert (len(part.text or ""), part.cut, part.size) == (20_000, True, 30_000)


def test_a_text_that_was_read_in_part_is_not_joined_with_what_follows() -> None:
    first, second = message(0, "stream", "head"), message(1, "stream", "more")
    first.parts[0].complete = False
    part = fold([first, second])[0].view().parts[0]
    assert (part.text, part.cut, part.size) == ("head", True, 8)


def test_a_later_runs_update_takes_a_displays_place_and_no_other() -> None:
    shown = fold(
        [
            message(0, "display_data", "one", display_id="d"),
            message(1, "display_data", "other", display_id="e"),
            message(2, "stream", "said", name="stdout"),
        ]
    )
    later = message(7, "update_display_data", "two", display_id="d", dropped_bytes=3)
    update(shown, {"d": ("run", later), "gone": ("run", later)})
    assert texts(shown) == ["two", "other", "said"]
    views = [output.view() for output in shown]
    assert [view.updated_by for view in views] == ["run", None, None]
    assert (views[0].index, views[0].parts[0].payload) == (0, part_number(7, 0))
    assert views[0].dropped_bytes == 3
