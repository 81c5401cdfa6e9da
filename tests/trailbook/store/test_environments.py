"""What a kernel session had around it: the newest is at hand, and what held before is kept."""

import json
from typing import Any

import msgspec

from trailbook.ids import new_id
from trailbook.store.records import KernelEnvironment
from trailbook.store.tables import payloads
from trailbook.store.tables.direct import Direct


def told(ada: Any, position: int, packages: dict[str, str] | None, **environment: str) -> None:
    contents = [] if packages is None else [json.dumps(packages).encode()]
    ada.tell(
        KernelEnvironment,
        *contents,
        kernel_session=ada.session,
        position=position,
        environment=environment,
        packages=0 if contents else None,
    )


def in_force(store: Any, session: str, position: int) -> dict[str, str]:
    """As a reader answers it: the last list in the ledger that holds for this run."""

    def find(connection: Any) -> bytes:
        rows = connection.exec_driver_sql(
            "SELECT body, refs FROM event WHERE kind = 'kernel-environment' ORDER BY ingest DESC"
        )
        for body, refs in rows:
            said = json.loads(body)
            if said["kernel_session"] == session and said.get("position", 0) <= position:
                row = msgspec.msgpack.decode(refs)[said["packages"]]
                return bytes(payloads.contents(Direct(connection), [row])[row])
        raise AssertionError("no list")

    return dict(json.loads(store.db.write(find)))


def test_each_run_finds_the_packages_that_held_for_it(store: Any, ada: Any) -> None:
    ada.session = ada.start_kernel("a.ipynb")
    told(ada, 0, {"numpy": "1"}, git_commit="c0ffee")
    ada.run("%pip install -U numpy")
    told(ada, 1, {"numpy": "2"})
    ada.run("import numpy")
    (session,) = store.steps(ada.notebook()).kernel_sessions
    assert session.environment["git_commit"] == "c0ffee"
    assert in_force(store, ada.session, 0) == {"numpy": "1"}
    assert in_force(store, ada.session, 1) == {"numpy": "2"}
    newest = "SELECT packages FROM kernel_session"
    row = store.db.write(lambda c: c.exec_driver_sql(newest).scalar())
    assert store.db.write(lambda c: payloads.contents(Direct(c), [row]))[row] == b'{"numpy": "2"}'


def test_the_surroundings_of_somebody_elses_kernel_are_refused(
    store: Any, ada: Any, recorder: Any, owner_of: Any
) -> None:
    ada.session = ada.start_kernel("a.ipynb")
    told(ada, 0, None, image="lab:1")
    ada.run("1")
    eve = recorder(store, owner_of("eve"))
    for eve.session in (ada.session, new_id()):
        told(eve, 0, {"numpy": "3"}, image="worse")
    (session,) = store.steps(ada.notebook()).kernel_sessions
    assert session.environment == {"image": "lab:1"}
    refused = "SELECT count(*) FROM event WHERE refused = 'unknown-session'"
    assert store.db.write(lambda c: c.exec_driver_sql(refused).scalar()) == 2
