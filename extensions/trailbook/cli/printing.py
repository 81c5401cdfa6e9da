"""How the history looks in a terminal."""

from ..store.views import (
    ActivityView,
    DataView,
    FileView,
    NotebookView,
    OutputView,
    ProjectView,
    SnapshotView,
    StepsPage,
    StepView,
)
from .phrases import counted, moment, one_line, plain


def duration(step: StepView) -> str:
    """How long a run took."""
    if step.finished_at is None:
        return ""
    seconds = max(0, step.finished_at - step.at) / 1_000_000
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def notebook_line(view: NotebookView) -> str:
    """A notebook in a list."""
    counts = ", ".join(
        [
            counted(view.runs, "run"),
            counted(view.errors, "error"),
            counted(view.versions, "version"),
        ]
    )
    return f"{view.id}  {moment(view.last_at)}  {plain(view.path)}  ({counts})"


def project_line(view: ProjectView) -> str:
    """A project in a list."""
    return f"{view.slug}  {plain(view.name)}  ({counted(view.notebooks, 'notebook')})"


def activity_line(view: ActivityView) -> str:
    """A burst of work in a list."""
    who = by(view.author, view.author_basis)
    counts = f"{counted(view.runs, 'run')}, {counted(view.errors, 'error')}"
    return (
        f"{view.first_step}  {moment(view.first_at)}  {plain(view.notebook.path)}  {counts}  {who}"
    )


def by(author: str | None, basis: str) -> str:
    """Who, and how sure that is."""
    if author is None:
        return "somebody"
    return plain(author) if basis == "verified" else f"{plain(author)} ({basis})"


def people(view: StepView | SnapshotView) -> str:
    """Who, of a shared document all of them."""
    named = [by(editor.author, editor.author_basis) for editor in view.editors]
    return ", ".join(named) or by(view.author, view.author_basis)


def step_line(step: StepView) -> str:
    """A step in a list."""
    mark = "edit" if step.type == "edit" else f"[{step.execution_count or ' '}]"
    said = "deleted" if step.deleted else one_line(step.source)
    status = "" if step.status in {"ok", ""} else f"{step.status}: "
    error = next((o for o in step.outputs if o.type == "error"), None)
    if error is not None and not step.deleted:
        status = f"{plain(error.name or 'error')}: "
    took = f"  ({duration(step)})" if duration(step) else ""
    who = people(step)
    return f"{step.id}  {moment(step.at)}  {mark:>5}  {status}{said}{took}  {who}"


def story(page: StepsPage, shown: int) -> list[str]:
    """A notebook's steps, with what is known to be missing."""
    head = notebook_line(page.notebook)
    lines = [head, ""]
    if page.total > shown:
        lines.append(f"The newest {shown} of {page.total} steps; more with --limit.")
    events = [(step.at, step_line(step)) for step in page.steps]
    events += [
        (gap.since, f"{'':32}  {moment(gap.since)}  not recorded: {gap.reason}")
        for gap in page.gaps
    ]
    lines += [line for _, line in sorted(events, key=lambda event: event[0])]
    return lines


def step_text(step: StepView) -> list[str]:
    """One step with its source and outputs."""
    who = people(step)
    what = f"run [{step.execution_count or ' '}] {step.status}" if step.type == "run" else "edit"
    lines = [
        f"step      {step.id}",
        f"notebook  {plain(step.path)}  ({step.notebook})",
        f"what      {what}  {duration(step)}".rstrip(),
        f"when      {moment(step.at)}",
        f"who       {who}",
    ]
    if step.snapshot:
        lines.append(f"version   {step.snapshot}")
    if step.deleted:
        return [*lines, "", "This step was deleted by its author."]
    lines += ["", *indented(step.source)]
    for output in step.outputs:
        lines += ["", *output_text(output)]
    lines += [f"It updated what step {earlier} shows." for earlier in step.updated]
    lines += depended_text(step)
    for note in step.notes:
        lines += [
            "",
            f"{note.kind}, {plain(note.author)}, {moment(note.at)}:",
            *indented(note.text),
        ]
    return lines


DATA_STATES = {
    "first": "seen for the first time",
    "same": "the same as last time",
    "changed": "not the same as last time",
    "unknown": "not known",
}
DOUBTS = {
    "during": "; it changed while this ran",
    "meanwhile": "; it may have been another one",
}


def depended_text(step: StepView) -> list[str]:
    """What a run depended on: data, and the text files beside it."""
    lines: list[str] = []
    if step.data:
        lines += ["", "data:", *(f"    {data_line(data)}" for data in step.data)]
    if step.files:
        lines += ["", "files beside it:", *(f"    {file_line(file)}" for file in step.files)]
        if step.files_total > len(step.files):
            lines.append(f"    … {step.files_total} in all")
    return lines


def data_line(data: DataView) -> str:
    """A data file in a step."""
    known = [plain(data.path), data.role]
    if data.size is not None:
        known.append(counted(data.size, "byte"))
    if data.fingerprint:
        known.append(data.fingerprint + ("…" if not data.partial else "… (in part)"))
    state = DATA_STATES.get(data.state, data.state)
    why = f" ({data.unknown.replace('-', ' ')})" if data.unknown else ""
    return f"{', '.join(known)}: {state}{why}{DOUBTS.get(data.doubt, '')}"


def file_line(file: FileView) -> str:
    """A text file beside a run."""
    marks = ["changed since the run before"] if file.changed else []
    marks += [] if file.kept else [file.reason.replace("-", " ")]
    said = f": {', '.join(marks)}" if marks else ""
    return f"{plain(file.path)}, {counted(file.size, 'byte')}{said}{DOUBTS.get(file.doubt, '')}"


def output_text(output: OutputView) -> list[str]:
    """One output: its text, and the names of what is no text."""
    if output.deleted:
        return ["output: deleted"]
    lines = [f"{output.name or output.type.replace('_', ' ')}:"]
    for part in output.parts:
        if part.mime == "text/plain" and part.text is not None:
            lines += indented(part.text)
            if part.cut:
                lines.append(f"    … {part.size} bytes in all")
        else:
            lines.append(f"    {plain(part.mime)}, {part.size} bytes")
    if output.value and not output.parts:
        lines += indented(output.value)
    if output.dropped_bytes:
        lines.append(f"    … {output.dropped_bytes} bytes were not recorded")
    if output.updated_by:
        lines.append(f"    … as step {output.updated_by} has updated it")
    return lines


def snapshot_text(view: SnapshotView) -> list[str]:
    """A version."""
    return [
        f"version   {view.id}",
        f"notebook  {plain(view.path)}  ({view.notebook})",
        f"what      {view.cause}, {counted(view.cells, 'cell')}, {view.size} bytes",
        f"when      {moment(view.at)}",
        f"who       {people(view)}",
        f"sha256    {view.sha256}",
    ]


def indented(text: str) -> list[str]:
    """A text, set off from what is ours."""
    return [f"    {line}" for line in plain(text).splitlines()]
