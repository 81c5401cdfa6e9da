"""The demo project: a recorded history that the first start brings."""

import logging
from pathlib import Path

from trailbook.errors import TrailbookError
from trailbook.store.base import Store

from .identity import demo_project

log = logging.getLogger("trailbook.service")


def bring_demo(store: Store, recording: Path | None) -> None:
    """Import the recording once; a workspace without it works as well."""
    if recording is None or store.projects():
        return
    from trailbook.store.importing import import_recording

    try:
        import_recording(store, recording)
    except (TrailbookError, OSError) as error:
        log.warning("The demo project is missing: %s", error)
        return
    project = demo_project(store)
    log.info("Brought the demo project %s", project.name if project else "")
