"""What a run depended on: the files beside it as it found them, and the data that it names."""

from typing import Any

import pytest

from trailbook.clock import now_us
from trailbook.errors import NotFound, StoreDamaged
from trailbook.ids import new_id
from trailbook.store.records import DataFile, DataSeen, FilesSaved, SavedFile


def saved(
    ada: Any,
    folder: str = "",
    since: str | None = None,
    *,
    changed_at: int = 1,
    unseen_since: int | None = None,
    **contents: str,
) -> None:
    """These files have this content now; dots in names are written as `_`."""
    files = [
        SavedFile(name.replace("_", "."), len(text), changed_at, n)
        for n, (name, text) in enumerate(contents.items())
    ]
    ada.tell(
        FilesSaved,
        *(text.encode() for text in contents.values()),
        path=folder,
        files=files,
        since_run=since,
        unseen_since=now_us() if unseen_since is None else unseen_since,
    )


def found(store: Any, run: str) -> dict[str, str]:
    files = store.step_files(run)
    return {file.path: store.step_file(run, file.path).decode() for file in files if file.kept}


def met(ada: Any, run: str, moment: str, *files: DataFile) -> None:
    ada.tell(DataSeen, execution=run, moment=moment, files=list(files))


def print_of(text: str) -> str:
    return text.encode().hex().ljust(32, "0")[:32]


def test_each_run_finds_the_files_that_were_there_then(store: Any, ada: Any) -> None:
    saved(ada, model_py="a = 1", run_sql="SELECT 1")
    first = ada.run("1")
    saved(ada, model_py="a = 2")
    second = ada.run("2")
    ada.tell(FilesSaved, path="", files=[SavedFile("run.sql", reason="gone")])
    third = ada.run("3")
    assert found(store, first) == {"model.py": "a = 1", "run.sql": "SELECT 1"}
    assert found(store, second) == {"model.py": "a = 2", "run.sql": "SELECT 1"}
    assert found(store, third) == {"model.py": "a = 2"}


def test_what_is_told_late_holds_from_the_run_that_began_with_it(store: Any, ada: Any) -> None:
    saved(ada, "lib", model_py="old")
    first = ada.run("1")
    second = ada.run("2")
    third = ada.run("3")
    saved(ada, "lib", since=second, model_py="new")
    states = [found(store, run)["lib/model.py"] for run in (first, second, third)]
    assert states == ["old", "new", "new"]


def test_files_of_another_server_are_not_those_of_this_run(
    store: Any, ada: Any, recorder: Any
) -> None:
    """It may have told them late, or have another disk."""
    saved(ada, model_py="here")
    other = recorder(store, ada.owner)
    saved(other, model_py="there")
    assert found(store, ada.run("1")) == {"model.py": "here"}
    assert found(store, other.run("1")) == {"model.py": "there"}


def test_a_change_during_a_run_belongs_to_the_next_and_is_said(store: Any, ada: Any) -> None:
    saved(ada, model_py="old")
    before = now_us()
    run = ada.run("1")
    saved(ada, changed_at=store.step(run).at + 1, unseen_since=before, model_py="new")
    following = ada.run("2")
    assert found(store, run) == {"model.py": "old"}
    assert [file.doubt for file in store.step_files(run)] == ["during"]
    assert found(store, following) == {"model.py": "new"}
    assert [file.doubt for file in store.step_files(following)] == [""]


def test_a_state_that_nobody_saw_after_the_start_is_doubtful(store: Any, ada: Any) -> None:
    saved(ada, model_py="old")
    before = now_us() - 60_000_000
    run = ada.run("1")
    saved(ada, changed_at=now_us() + 60_000_000, unseen_since=before, model_py="new")
    # what a recorder says of the time cannot be later than its arrival
    ended = store.step(run).finished_at
    assert [file.doubt for file in store.step_files(run)] == ["meanwhile"], ended


def test_a_step_answers_what_changed_since_the_run_before_first(store: Any, ada: Any) -> None:
    saved(ada, **{f"m{n:02}_py": "same" for n in range(30)})
    ada.run("1")
    saved(ada, m25_py="new")
    step = store.step(ada.run("2"))
    assert step.files_total == 30
    assert len(step.files) == 20
    assert [(file.path, file.changed) for file in step.files[:2]] == [
        ("m25.py", True),
        ("m00.py", False),
    ]


def test_content_is_stored_once_and_a_change_as_a_change(store: Any, ada: Any) -> None:
    text = "\n".join(f"def f{n}(): return {n * n}" for n in range(500))
    saved(ada, a_py=text, b_py=text)
    size = "SELECT count(*), sum(length(data)) FROM payload"
    one = tuple(store.db.write(lambda c: c.exec_driver_sql(size).one()))
    saved(ada, a_py=text + "\nmore = 1")
    two = tuple(store.db.write(lambda c: c.exec_driver_sql(size).one()))
    assert one[0] == 1
    assert two[0] == 2
    assert two[1] - one[1] < 100


def test_a_file_that_is_too_large_is_named_and_has_no_content(store: Any, ada: Any) -> None:
    ada.tell(FilesSaved, path="", files=[SavedFile("big.sql", 9_000_000, 1, None, "too-large")])
    run = ada.run("1")
    (file,) = store.step_files(run)
    assert (file.kept, file.reason, file.size) == (False, "too-large", 9_000_000)
    with pytest.raises(NotFound):
        store.step_file(run, "big.sql")


@pytest.mark.parametrize(
    ("folder", "name"),
    [("..", "a.py"), ("a", "../../b.py"), ("", ""), ("", "a\0b"), ("", "x" * 5000)],
)
def test_a_path_that_leads_out_is_refused(store: Any, ada: Any, folder: str, name: str) -> None:
    ada.tell(FilesSaved, b"x", path=folder, files=[SavedFile(name, 1, 1, 0)])
    assert store.step_files(ada.run("1")) == []


def test_which_runs_read_a_dataset_and_was_it_the_same(store: Any, ada: Any) -> None:
    runs = [ada.run(str(n)) for n in range(4)]
    for run, text in zip(runs, ("a", "a", "b", ""), strict=True):
        file = DataFile("data/x.csv", "read", 1, 5, print_of(text) if text else "", False, "")
        met(
            ada, run, "start", file if text else DataFile("data/x.csv", "read", unknown="not-there")
        )
    answer = store.data_runs(ada.space, "data/x.csv")
    assert [(one.step, one.data.state) for one in answer] == [
        (runs[3], "unknown"),
        (runs[2], "changed"),
        (runs[1], "same"),
        (runs[0], "first"),
    ]
    assert answer[0].data.unknown == "not-there"
    assert answer[1].data.before == runs[1]
    assert store.data_runs(ada.space, "data/y.csv") == []


def test_data_that_changed_while_it_was_read_is_doubtful(store: Any, ada: Any) -> None:
    run = ada.run("1")
    met(ada, run, "start", DataFile("x.csv", "read", 1, 5, print_of("a")))
    met(ada, run, "end", DataFile("x.csv", "read", 1, 6, print_of("b")))
    (data,) = store.step(run).data
    assert (data.doubt, data.fingerprint) == ("during", print_of("a")[:12])


def test_what_a_run_makes_before_it_reads_it_is_seen_at_its_end(store: Any, ada: Any) -> None:
    run = ada.run("1")
    met(ada, run, "start", DataFile("x.csv", "read", unknown="not-there"))
    met(
        ada, run, "end", DataFile("x.csv", "read", 1, 6, print_of("b")),
        DataFile("x.csv", "written", 1, 6, print_of("b")),
    )  # fmt: skip
    assert [(d.role, d.state, d.unknown, d.doubt) for d in store.step(run).data] == [
        ("read", "first", "", ""),
        ("written", "first", "", ""),
    ]


def test_data_of_somebody_elses_run_is_refused(
    store: Any, ada: Any, recorder: Any, owner_of: Any
) -> None:
    run = ada.run("1")
    eve = recorder(store, owner_of("eve"))
    for named in (run, new_id()):
        met(eve, named, "start", DataFile("x.csv", "read", 1, 5, print_of("a")))
    assert store.step(run).data == []
    assert store.data_runs(eve.space, "x.csv") == []


@pytest.mark.parametrize(
    "file",
    [
        DataFile("x.csv", "stolen"),
        DataFile("x.csv", "read", 1, 1, "no hexadecimal"),
        DataFile("x.csv", "read", 1, 1, "00"),
        DataFile("x.csv", "read", 1 << 80),
        DataFile("x" * 5000, "read"),
        DataFile("x.csv", "read", unknown="y" * 100),
    ],
)
def test_what_is_wrong_is_refused_alone(store: Any, ada: Any, file: DataFile) -> None:
    run = ada.run("1")
    if file.size is None or file.size < 1 << 62:
        met(ada, run, "start", file)
    met(ada, run, "end", DataFile("y.csv", "read", 1, 5, print_of("a")))
    assert [data.path for data in store.step(run).data] == ["y.csv"]


def test_a_deleted_run_met_nothing(store: Any, ada: Any) -> None:
    run = ada.run("1")
    met(ada, run, "start", DataFile("x.csv", "read", 1, 5, print_of("a")))
    store.delete_step(run, by=ada.owner.person)
    assert store.data_runs(ada.space, "x.csv") == []
    assert store.step_files(run) == []


def test_a_purged_run_leaves_no_name_of_its_data(store: Any, ada: Any) -> None:
    kept, gone = ada.run("1"), ada.run("2")
    for run, paths in ((kept, ["shared.csv"]), (gone, ["shared.csv", "canary-patients.csv"])):
        met(ada, run, "start", *(DataFile(path, "read", 1, 5, print_of("a")) for path in paths))
    store.purge(gone)
    names = "SELECT path FROM file"
    assert store.db.write(lambda c: c.exec_driver_sql(names).scalars().all()) == ["shared.csv"]
    assert [one.step for one in store.data_runs(ada.space, "shared.csv")] == [kept]
    bodies = "SELECT count(*) FROM event WHERE body LIKE '%canary%'"
    assert store.db.write(lambda c: c.exec_driver_sql(bodies).scalar()) == 0
    assert store.check() == []
    met(ada, gone, "end", DataFile("canary-patients.csv", "read", 1, 5, print_of("a")))
    assert store.db.write(lambda c: c.exec_driver_sql(names).scalars().all()) == ["shared.csv"]


def test_a_state_that_is_damaged_is_named_by_check(store: Any, ada: Any) -> None:
    saved(ada, model_py="a = 1")
    run = ada.run("1")
    store.db.write(
        lambda c: c.exec_driver_sql(
            "UPDATE payload SET data = x'00' WHERE row = (SELECT payload FROM file_version)"
        )
    )
    store.db.cache.clear()
    assert len(store.check()) == 1
    with pytest.raises(StoreDamaged):
        store.step_file(run, "model.py")
