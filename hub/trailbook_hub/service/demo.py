"""The demo project: a recorded history that the first start brings."""

import logging
from pathlib import Path

from trailbook.errors import TrailbookError
from trailbook.store.base import Store

from ..demonstration import RECORDING, note
from .identity import demo_project

log = logging.getLogger("trailbook.service")


def bring_demo(store: Store, recording: Path | None) -> None:
    """Import the recording once; a workspace without it works as well."""
    if recording is None or store.projects():
        return
    from trailbook.store.recording.importing import import_recording

    try:
        import_recording(store, recording)
    except (TrailbookError, OSError) as error:
        log.warning("The demo project is missing: %s", error)
        return
    project = demo_project(store)
    log.info("Brought the demo project %s", project.name if project else "")


def tell_of_demo(store: Store, recording: Path | None, data: Path) -> None:
    """Name the demo project's account to the hub, which fills its folder when it makes it."""
    project = demo_project(store)
    if project is not None and recording == RECORDING:
        note(data).write_text(store.project_account(project.id))
