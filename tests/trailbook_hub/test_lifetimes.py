"""How a workspace starts, stops, is killed, and starts again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

import hubs

pytestmark = pytest.mark.hub


def refused(folder: Path, *options: str) -> tuple[int, str]:
    """The exit code and the words of a start that cannot succeed."""
    done = subprocess.run(
        [*hubs.LAUNCH, "--data", str(folder / "data"), *options],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_second_start_keeps_everything_and_is_quick(tmp_path: Path) -> None:
    port = hubs.free_port()
    first = hubs.start_hub(tmp_path, port=port)
    person = first.sign_in("alice")
    account = first.project("kept", alice="contributor")
    assert first.stop() == 0, first.said()
    assert "Stopped. Everything is kept" in first.said()
    began = time.monotonic()
    second = hubs.start_hub(tmp_path, port=port)
    assert time.monotonic() - began < hubs.patience(15)
    try:
        assert "password" not in second.said()
        person.hub = second
        assert person.get("/hub/home").status_code == 200, "still signed in"
        second.passwords = first.passwords
        assert second.sign_in("alice").trail("GET", "projects/kept").ok
        assert second.shares(account) == {"admin", "alice"}
    finally:
        second.stop()


def test_after_a_hard_kill_the_next_start_is_quick_and_kernels_go_on(tmp_path: Path) -> None:
    port = hubs.free_port()
    first = hubs.start_hub(tmp_path, port=port)
    for name in ("alice", "dead"):
        first.sign_in(name)
        first.start_server(name)
    kernel = first.kernel("alice")
    kernel.run("kept = 42")
    kernel.close()
    gone = first.kernel("dead")
    pid = int(gone.run("import os; print(os.getppid())"))
    gone.close()
    first.kill()
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    second = hubs.start_hub(tmp_path, port=port)
    took = time.monotonic() - began
    try:
        assert took < hubs.patience(15)
        assert "did not stop cleanly" in second.said()
        assert second.server("dead") is None
        assert second.server("alice"), "a server outlives its hub"
        again = hubs.Kernel(second, "alice", kernel.id)
        assert again.run("print(kept)") == "42\n"
        again.close()
        second.start_server("dead")
    finally:
        assert second.stop() == 0, second.said()
    assert not running_in(tmp_path)


def test_ctrl_c_stops_everything_even_with_an_open_notebook(tmp_path: Path) -> None:
    hub = hubs.start_hub(tmp_path)
    hub.sign_in("alice")
    hub.start_server("alice")
    kernel = hub.kernel("alice")
    kernel.start("import time; time.sleep(600)")
    began = time.monotonic()
    hub.process.send_signal(signal.SIGINT)
    assert hub.process.wait(40) == 0, hub.said()
    assert time.monotonic() - began < hubs.patience(25)
    hub.stop()
    assert not running_in(tmp_path)


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def ignore_ctrl_c() -> None:
    """As a shell does that starts something in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("moment", ["begun", "the proxy answers", "a second later"])
def test_ctrl_c_during_the_start_stops_everything_and_says_so(tmp_path: Path, moment: str) -> None:
    port, output = hubs.free_port(), tmp_path / "output"
    command = [*hubs.LAUNCH, "--data", str(tmp_path / "data"), "--no-demo", "--trusted"]
    with output.open("w") as file:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=ignore_ctrl_c,
        )
    try:
        hubs.until(lambda: "Starting" in output.read_text(), 30, 0.02)
        if moment != "begun":
            hubs.until(lambda: answers(port), 60, 0.02)
        if moment == "a second later":
            time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells the proxy too
        assert process.wait(40) == 0, output.read_text()
    finally:
        if process.poll() is None:  # else what it left behind is looked for
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    said = output.read_text()
    assert "Stopped. Everything is kept" in said
    assert "Its log says why" not in said
    assert not running_in(tmp_path)


def test_ctrl_c_stops_everything_even_when_nothing_can_be_written(tmp_path: Path) -> None:
    hub = hubs.start_hub(tmp_path)
    hub.sign_in("alice")
    hub.start_server("alice")
    shutil.rmtree(hub.data / "hub")  # the hub's database cannot be written without its folder
    hub.process.send_signal(signal.SIGINT)
    try:
        assert hub.process.wait(40) == 0, hub.said()
    finally:
        hub.stop()
    assert "Stopped. Everything is kept" in hub.said()
    assert not running_in(tmp_path)


def running_in(folder: Path) -> list[str]:
    """Processes of this workspace that are still there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (
                process.joinpath("cmdline").read_bytes() + process.joinpath("environ").read_bytes()
            )
            state = process.joinpath("stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(folder).encode() in words and state != "Z" and int(process.name) != os.getpid():
            found.append(words.decode(errors="replace"))
    return found


def test_a_port_that_is_taken_is_named_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, words = refused(tmp_path, "--trusted", "--port", str(port))
    assert code == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program." in words
    assert "Traceback" not in words


def test_internal_ports_that_are_taken_do_not_matter(tmp_path: Path) -> None:
    port = hubs.free_port()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        hub = hubs.start_hub(tmp_path, port=port)
        try:
            assert hub.visitor().get("/").status_code == 200
        finally:
            hub.stop()


def test_two_hubs_on_one_data_folder_are_one_too_many(tmp_path: Path) -> None:
    hub = hubs.start_hub(tmp_path)
    try:
        code, words = refused(tmp_path, "--trusted", "--port", str(hubs.free_port()))
        assert code == 1
        assert "A hub runs already on" in words
    finally:
        hub.stop()


def test_another_machine_may_not_reach_a_trusted_workspace(tmp_path: Path) -> None:
    code, words = refused(tmp_path, "--trusted", "--ip", "0.0.0.0")  # noqa: S104 -- refused
    assert code == 1
    assert "everyone who can run code here can read everything" in words
    assert not (tmp_path / "data").exists()


def test_a_data_folder_stays_in_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mode").write_text("isolated\n")
    code, words = refused(tmp_path, "--trusted")
    assert code == 1
    assert "was made in isolated mode" in words


def test_a_service_that_cannot_start_is_said_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "data" / "service").mkdir(parents=True)
    (tmp_path / "data" / "service" / "trailbook.sqlite").write_text("this is no database " * 99)
    port = str(hubs.free_port())
    done = subprocess.run(
        [*hubs.LAUNCH, "--data", str(tmp_path / "data"), "--trusted", "--port", port],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The hub did not start" in done.stdout
    assert "hub.log" in done.stdout
    assert not running_in(tmp_path)


def test_an_authenticator_of_ones_own_is_used(tmp_path: Path) -> None:
    config = "c.JupyterHub.authenticator_class = 'dummy'\nc.DummyAuthenticator.allow_all = True\n"
    hub = hubs.start_hub(tmp_path, config=config)
    try:
        assert not (hub.data / "initial-password").exists()
        assert "password" not in hub.said().split("Ready")[1]
        person = hub.visitor()
        assert person.sign_in("alice", "anything").status_code == 200
        assert person.get("/hub/people").status_code == 404
        refused_name = hub.visitor().sign_in("p-0a1b2c", "anything")
        assert refused_name.status_code == 403
    finally:
        hub.stop()


def test_people_land_in_the_reader_whatever_its_address_is(tmp_path: Path) -> None:
    port = hubs.free_port()
    host = f"hub.test:{port}"
    for folder, config, address in (
        ("path", "c.JupyterHub.base_url = '/team/'\n", "/team/services/trailbook/"),
        (
            "hosts",
            f"c.JupyterHub.subdomain_host = 'http://{host}'\n",
            f"http://trailbook--service.{host}/services/",
        ),
    ):
        hub = hubs.start_hub(tmp_path / folder, port=port, config=config)
        try:
            base = "/team" if folder == "path" else ""
            browser = hub.visitor()
            answer = browser.get(f"{base}/hub/", headers={"Host": host}, allow_redirects=False)
            assert answer.headers["Location"].startswith(address), answer.headers["Location"]
        finally:
            hub.stop()
