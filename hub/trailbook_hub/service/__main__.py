"""`python -m trailbook_hub.service`: run by JupyterHub, which tells it everything it needs."""

import asyncio
import logging
import signal
import sys

from trailbook.errors import TrailbookError
from trailbook.store.sql import SqlStore

from .app import Service
from .demo import bring_demo, tell_of_demo
from .memory import give_back, look_seldom
from .settings import ServiceSettings

TURN_SECONDS = 0.0005
"""How long a thread of Python may work while others wait: who answers waits for those who store,
and at Python's own 5 ms each of them would keep it waiting ten times as long."""

log = logging.getLogger("trailbook.service")


async def serve(settings: ServiceSettings) -> None:
    """Open the history, serve it, close it."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.data / "trailbook.sqlite"
    store = await asyncio.to_thread(SqlStore.open, file, recording=settings.recording)
    try:
        await asyncio.to_thread(bring_demo, store, settings.demo_recording)
        await asyncio.to_thread(tell_of_demo, store, settings.demo_recording, settings.data)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        service = Service(settings, store)
        look_seldom()
        await service.run(stop)
    finally:
        await asyncio.to_thread(store.close)


def main() -> None:
    """Serve until a signal; what keeps it from starting is one sentence."""
    give_back()
    sys.setswitchinterval(TURN_SECONDS)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(serve(ServiceSettings.from_environment()))
    except (TrailbookError, OSError) as error:
        log.error("%s", error)
        sys.exit(1)


main()
