"""A check by two processes says what one says, whatever happens to the second."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

SCRIPT = """
import json, os, sys
from pathlib import Path
import msgspec
from trailbook.store.checking import look, parts
from trailbook.store.checking.second import Second

os.sched_getaffinity = lambda _: {0, 1}
was_answered, looked = Second.answer, parts.Reader.__call__
answers = []

def answer(self):
    found = was_answered(self)
    answers.append(found is not None)
    return found

def failing(self, question):
    raise RuntimeError("not today")

def ahead(self, question):
    found = msgspec.msgpack.decode(looked(self, question), type=parts.Found)
    found.purges += 1
    found.unsound.damaged = {1, 2, 3}
    return msgspec.msgpack.encode(found)

Second.answer = answer
if sys.argv[3]:
    parts.Reader.__call__ = {"failing": failing, "ahead": ahead}[sys.argv[3]]
report = look.look_through(Path(sys.argv[1]), thorough=sys.argv[2] == "thorough")
slow = sorted({"sqlalchemy", "alembic"} & set(sys.modules))
print(json.dumps([msgspec.to_builtins(report), answers, slow]))
"""


def looked(file: Path, how: str = "", otherwise: str = "") -> tuple[Any, list[bool], list[str]]:
    """The report, whether the second process answered, and which slow parts were loaded."""
    words = [sys.executable, "-c", SCRIPT, str(file), how, otherwise]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    report, answers, slow = json.loads(done.stdout)
    return report, answers, slow


def changed(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


@pytest.fixture
def file(store: Any, ada: Any, notebook_bytes: Any) -> Path:
    """A store in which every second half goes on with what the first one began."""
    for n in range(24):
        sources = ["\n".join(f"value_{i} = {i * c + n // 8}" for i in range(40)) for c in range(4)]
        ada.run(sources[n % 4] + f"\n# {n}", printed=f"{n}\n" * 30)
        ada.save(notebook_bytes(*sources, f"print({n})", outputs={4: f"{n}"}), f"{n % 2}.ipynb")
    path: Path = store.db.path
    return path


linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@linux
@pytest.mark.parametrize("how", ["", "thorough"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE snapshot SET size = size",
        "UPDATE payload SET data = x'00' WHERE row % 17 = 0",
        "UPDATE payload SET data = x'00' WHERE row = (SELECT min(base) FROM payload)",
        "DELETE FROM payload WHERE row % 19 IN (0, 1, 2)",
        "DELETE FROM payload WHERE row > (SELECT max(row) - 9 FROM payload)",
        "UPDATE manifest SET data = x'00' WHERE row % 7 = 0",
        "DELETE FROM manifest WHERE row % 5 = 0 OR row > (SELECT max(row) - 3 FROM manifest)",
        "UPDATE snapshot SET sha256 = zeroblob(32) WHERE event % 3 = 0",
        "UPDATE manifest SET digest = NULL",
    ],
)
def test_two_processes_say_what_one_says(store: Any, file: Path, statement: str, how: str) -> None:
    changed(file, statement)
    alone = msgspec.to_builtins(store.checked(thorough=how == "thorough"))
    assert looked(file, how) == (alone, [True, True], [])


@linux
@pytest.mark.parametrize(("otherwise", "answered"), [("failing", False), ("ahead", True)])
def test_what_the_second_process_cannot_say_is_found_without_it(
    store: Any, file: Path, otherwise: str, answered: bool
) -> None:
    changed(file, "UPDATE payload SET data = x'00' WHERE row % 17 = 0")
    alone = msgspec.to_builtins(store.checked())
    assert alone["damages"]
    assert looked(file, "", otherwise) == (alone, [answered, answered], [])


def test_a_purge_that_was_stopped_is_finished_first(store: Any, file: Path, ada: Any) -> None:
    run = ada.run("secret")
    store.purge(run)
    changed(file, "UPDATE meta SET value = '1' WHERE name = 'purge-unswept'")
    report, _, _ = looked(file)
    assert (report["damages"], report["purged"]) == ([], 2)
    assert not store.is_unswept()


def test_a_store_of_an_earlier_schema_is_brought_up_to_date_first(store: Any, file: Path) -> None:
    store.close()
    changed(file, "UPDATE alembic_version SET version_num = '0000'")
    words = [sys.executable, "-c", SCRIPT, str(file), "", ""]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "StoreTooNew" in done.stderr  # by whoever would have brought it up to date


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"no database" * 1000)
    words = [sys.executable, "-c", SCRIPT, str(file), "", ""]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "StoreDamaged" in done.stderr
