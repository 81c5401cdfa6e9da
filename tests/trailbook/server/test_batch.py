"""`trailbook run`: a notebook that runs without a browser is recorded as a server records it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest

from trailbook.server.parameters import assignments, injected, value_of
from trailbook.store.records import (
    DataSeen,
    ExecutionFinished,
    ExecutionStarted,
    FilesSaved,
    KernelEnded,
    KernelEnvironment,
    Mount,
    NotebookCopied,
    NotebookSaved,
)

RUN = [str(Path(sys.executable).with_name("trailbook"))]


def write(path: Path, *sources: str, tags: dict[int, str] | None = None, **metadata) -> Path:
    cells = [v4.new_code_cell(source) for source in sources]
    for at, tag in (tags or {}).items():
        cells[at].metadata.tags = [tag]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": spec, **metadata}), path)
    return path


def printed(path: Path) -> list[str]:
    cells = nbformat.read(path, 4).cells
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(tmp_path, root):
    names = ("data", "config", "runtime")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("JUPYTERHUB_", "TRAILBOOK_"))},
        **{f"JUPYTER_{name.upper()}_DIR": str(tmp_path / name) for name in names},
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PWD": str(root),
    }


@pytest.fixture
def run(root, environment):
    def run(*arguments, code=0):
        answer = subprocess.run(
            [*RUN, *map(str, arguments)],
            cwd=root, env=environment, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert answer.returncode == code, answer.stdout + answer.stderr
        return answer

    return run


@pytest.fixture
def history(run):
    """The steps of a notebook in the laptop's history."""

    def history(path):
        page = json.loads(run("log", path, "--json").stdout)
        return page["steps"]

    return history


@pytest.fixture
def behind_a_hub(environment, service):
    environment["TRAILBOOK_SERVICE_URL"] = service.url
    environment["JUPYTERHUB_USER"] = "alice"
    return service


def test_every_cell_and_the_written_notebook_are_in_the_history(root, run, history):
    (root / "sub").mkdir()
    (root / "sub" / "helper.py").write_text("x = 5")
    (root / "sub" / "x.csv").write_text("a")
    notebook = write(root / "sub" / "fit.ipynb", "import helper; print(helper.x)", "open('x.csv')")
    answer = run("run", "sub/fit.ipynb")
    assert "2 cells run" in answer.stdout
    assert printed(notebook)[0] == "5\n"
    steps = history("sub/fit.ipynb")
    runs = [step for step in steps if step["type"] == "run"]
    assert [(step["status"], step["execution_count"]) for step in runs] == [("ok", 1), ("ok", 2)]
    assert {step["author_basis"] for step in runs} == {"verified"}
    assert runs[0]["outputs"][0]["parts"][0]["text"] == "5\n"
    cells = nbformat.read(notebook, 4).cells
    assert [step["cell_id"] for step in runs] == [cell.id for cell in cells]
    step = json.loads(run("show", runs[1]["id"], "--json").stdout)
    assert [file["path"] for file in step["files"]] == ["sub/helper.py"]
    assert [(data["path"], data["state"]) for data in step["data"]] == [("sub/x.csv", "first")]
    assert run("export", step["snapshot"]).stdout == notebook.read_text()
    shown = run("show", runs[1]["id"]).stdout
    assert "sub/x.csv, read, 1 byte" in shown
    assert "sub/helper.py, 5 bytes" in shown


def test_a_cell_that_fails_ends_the_run_and_says_so(root, run, history):
    notebook = write(root / "a.ipynb", "print(1)", "1 / 0", "print(3)")
    answer = run("run", "a.ipynb", code=1)
    assert "Cell 2 failed: ZeroDivisionError" in answer.stderr
    assert printed(notebook) == ["1\n", "", ""]
    assert nbformat.read(notebook, 4).cells[1].outputs[0].ename == "ZeroDivisionError"
    statuses = [step["status"] for step in history("a.ipynb") if step["type"] == "run"]
    assert statuses == ["ok", "error"]


def test_errors_may_be_allowed_and_are_still_told(root, run):
    notebook = write(root / "a.ipynb", "1 / 0", "print(2)")
    run("run", "a.ipynb", "--allow-errors", code=1)
    assert printed(notebook)[1] == "2\n"
    marked = write(root / "b.ipynb", "1 / 0", "print(2)", tags={0: "raises-exception"})
    run("run", "b.ipynb")
    assert printed(marked)[1] == "2\n"


def test_parameters_go_into_a_copy_that_is_run(root, run, history):
    origin = write(root / "a.ipynb", "year = 2020", "print(year)", tags={0: "parameters"})
    before = origin.read_bytes()
    run("run", "a.ipynb", "-o", "out.ipynb", "-p", "year=2027", "-p", "name=x y")
    assert printed(root / "out.ipynb") == ["", "", "2027\n"]
    assert origin.read_bytes() == before
    sources = [step["source"] for step in history("out.ipynb") if step["type"] == "run"]
    assert sources[1] == "# Parameters\nyear = 2027\nname = 'x y'"
    run("run", "out.ipynb", "-p", "year=2028")
    assert printed(root / "out.ipynb") == ["", "", "2028\n"]


def test_the_kernel_dies_and_what_was_there_is_written(root, run, history):
    notebook = write(
        root / "a.ipynb", "print(1)", "import os, time; time.sleep(0.5); os._exit(3)", "print(3)"
    )
    run("run", "a.ipynb", code=1)
    assert printed(notebook)[0] == "1\n"
    statuses = [step["status"] for step in history("a.ipynb") if step["type"] == "run"]
    assert statuses == ["ok", "died"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_partial_notebook_and_a_recorded_interrupt(
    root, environment, history, number
):
    notebook = write(
        root / "a.ipynb",
        "print(1)",
        "from pathlib import Path\nimport time\nPath('began').touch()\ntime.sleep(60)",
        "print(3)",
    )
    process = subprocess.Popen([*RUN, "run", "a.ipynb"], cwd=root, env=environment)
    ends = time.monotonic() + 60
    while not (root / "began").exists():
        assert time.monotonic() < ends
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(number)
    assert process.wait(60) == 130
    assert printed(notebook) == ["1\n", "", ""]
    assert nbformat.read(notebook, 4).cells[1].outputs[0].ename == "KeyboardInterrupt"
    statuses = [step["status"] for step in history("a.ipynb") if step["type"] == "run"]
    assert statuses == ["ok", "interrupted"]
    assert [path.name for path in root.iterdir() if path.name.startswith(".a")] == []


def test_a_second_ctrl_c_ends_a_cell_that_will_not_stop(root, environment, history):
    stubborn = (
        "from pathlib import Path\nimport time\nPath('began').touch()\n"
        "for _ in range(600):\n    try:\n        time.sleep(0.1)\n"
        "    except KeyboardInterrupt:\n        pass"
    )
    write(root / "a.ipynb", "print(1)", stubborn)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*RUN, "run", "a.ipynb"], cwd=root, env=environment, start_new_session=True,
        stdin=follower, stdout=follower, stderr=follower,
    )  # fmt: skip
    ends = time.monotonic() + 60
    while not (root / "began").exists():
        assert time.monotonic() < ends
        time.sleep(0.05)
    for _ in range(2):
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    os.close(leader)
    os.close(follower)
    assert printed(root / "a.ipynb")[0] == "1\n"
    runs = [step["status"] for step in history("a.ipynb") if step["type"] == "run"]
    assert runs[0] == "ok"
    assert runs[1] in {"died", "interrupted"}


def test_behind_a_hub_it_goes_to_the_service(root, run, behind_a_hub):
    (root / "x.csv").write_text("a")
    notebook = write(root / "a.ipynb", "open('x.csv').read()")
    run("run", "a.ipynb", "--root", root)
    (started,) = behind_a_hub.of(ExecutionStarted)
    assert (started.author, started.author_basis) == ("alice", "verified")
    assert started.path == "a.ipynb"
    assert [event.status for event in behind_a_hub.of(ExecutionFinished)] == ["ok"]
    assert [event.reason for event in behind_a_hub.of(KernelEnded)] == ["shutdown"]
    assert behind_a_hub.notebook(behind_a_hub.of(NotebookSaved)[-1]) == notebook.read_bytes()
    assert [event.files[0].path for event in behind_a_hub.of(DataSeen)] == ["x.csv"]
    (environment,) = behind_a_hub.of(KernelEnvironment)
    assert environment.packages is not None
    assert behind_a_hub.of(FilesSaved) == []


def test_a_copy_has_an_edge_to_its_origin(root, run, behind_a_hub):
    write(root / "a.ipynb", "1")
    run("run", "a.ipynb", "-o", "b.ipynb", "--root", root)
    (copied,) = behind_a_hub.of(NotebookCopied)
    assert (copied.path, copied.to_path) == ("a.ipynb", "b.ipynb")
    assert {event.path for event in behind_a_hub.of(NotebookSaved)} == {"b.ipynb"}


def test_a_projects_notebook_has_its_path_there_however_one_comes_to_it(
    root, run, behind_a_hub, environment, tmp_path
):
    real = tmp_path / "folders" / "churn"
    write(real / "sub" / "a.ipynb", "1")
    (root / "projects").mkdir()
    (root / "projects" / "churn").symlink_to(real)
    environment["HOME"] = str(root)
    home = Mount(prefix="", space="home", key=b"k" * 32)
    behind_a_hub.mounts = [
        home, Mount(prefix="projects/churn", space="churn", key=b"k" * 32, project="churn")
    ]  # fmt: skip
    run("run", "projects/churn/sub/a.ipynb")
    run("run", real / "sub" / "a.ipynb")
    started = behind_a_hub.of(ExecutionStarted)
    assert [(event.space, event.path) for event in started] == [("churn", "sub/a.ipynb")] * 2


def test_a_projects_account_is_no_author(root, run, behind_a_hub):
    behind_a_hub.shared = True
    write(root / "a.ipynb", "1")
    run("run", "a.ipynb", "--root", root)
    (started,) = behind_a_hub.of(ExecutionStarted)
    assert (started.author, started.author_basis) == (None, "unknown")


def test_without_the_service_it_runs_and_is_sent_later(root, run, behind_a_hub, tmp_path):
    behind_a_hub.stop()
    notebook = write(root / "a.ipynb", "print(1)")
    answer = run("run", "a.ipynb", "--root", root)
    assert "later" in answer.stderr
    assert printed(notebook) == ["1\n"]
    behind_a_hub.start()
    run("run", "a.ipynb", "--root", root)
    assert len(behind_a_hub.wait_for(ExecutionFinished, 2)) == 2


def test_where_recording_is_off_it_runs_all_the_same(root, run, tmp_path):
    (tmp_path / "config").mkdir()
    settings = {"TrailbookApp": {"record": False}}
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(settings))
    notebook = write(root / "a.ipynb", "print(1)")
    answer = run("run", "a.ipynb")
    assert "switched off" in answer.stderr
    assert printed(notebook) == ["1\n"]
    assert not (tmp_path / "data" / "trailbook" / "store.sqlite").exists()


def test_what_cannot_be_run_says_so(root, run):
    (root / "text.ipynb").write_text("no notebook")
    assert "no notebook" in run("run", "text.ipynb", code=6).stderr
    write(root / "a.ipynb", "1")
    assert "NAME=VALUE" in run("run", "a.ipynb", "-p", "x", code=2).stderr
    assert "nothere" in run("run", "a.ipynb", "--kernel", "nothere", code=6).stderr
    (root / "other").mkdir()
    assert "does not lie in" in run("run", "a.ipynb", "--root", "other", code=6).stderr


def test_without_nbclient_there_is_a_sentence(root, run, environment, tmp_path):
    (tmp_path / "no").mkdir()
    (tmp_path / "no" / "nbclient.py").write_text("raise ImportError")
    environment["PYTHONPATH"] = str(tmp_path / "no")
    write(root / "a.ipynb", "1")
    assert "pip install nbclient" in run("run", "a.ipynb", code=6).stderr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-2.5", -2.5), ("1e3", 1000.0), ("true", True), ("None", None), ("x", "x"),
        ("[1]", "[1]"), ("007", "007"), ("", ""), ("'a'", "'a'"),
    ],
)  # fmt: skip
def test_values_as_people_write_them(text, value):
    assert value_of(text) == value


def test_parameters_in_other_languages():
    values = {"a": 'x$"\n', "b": True, "c": None, "d": 1.5}
    assert assignments(values, "R").splitlines()[1:] == [
        'a <- "x$\\"\\n"', "b <- TRUE", "c <- NULL", "d <- 1.5",
    ]  # fmt: skip
    assert assignments(values, "julia").splitlines()[1:] == [
        'a = "x\\$\\"\\n"', "b = true", "c = nothing", "d = 1.5",
    ]  # fmt: skip


def test_values_replace_those_of_the_run_before():
    def cell(*tags):
        return {"metadata": {"tags": list(tags)}}

    defaults, other, values = cell("parameters"), cell(), cell("injected-parameters")
    assert injected([other, defaults, other], values) == [other, defaults, values, other]
    again = injected([other, defaults, cell("injected-parameters"), other], values)
    assert again == [other, defaults, values, other]
    assert injected([other], values) == [values, other]
