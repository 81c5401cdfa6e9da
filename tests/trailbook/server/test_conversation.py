"""What a run asks for and what its person types is part of what it says; a password is not."""

import json

import pytest

from trailbook.store.records import ExecutionFinished, OutputRecorded

from .clients import Client, until


class Typist(Client):
    """Somebody who answers."""

    async def answer(self, value):
        """Wait for the question, and type."""
        while True:
            message = json.loads(await self.ws.read_message())
            if message["msg_type"] == "input_request":
                break
        reply = {
            "channel": "stdin",
            "header": {**message["header"], "msg_id": "reply", "msg_type": "input_reply"},
            "parent_header": message["header"],
            "metadata": {},
            "content": {"value": value, "status": "ok"},
        }
        self.ws.write_message(json.dumps(reply))
        return message["content"]["prompt"]


@pytest.fixture
def typist(jp_fetch, jp_ws_fetch):
    return Typist(jp_fetch, jp_ws_fetch)


def said(service):
    """What the run said, by stream, in order."""
    spoken = []
    for output in service.of(OutputRecorded):
        if spoken and spoken[-1][0] == output.name:
            spoken[-1][1] += service.text(output)
        else:
            spoken.append([output.name, service.text(output)])
    return [tuple(pair) for pair in spoken]


async def test_a_question_and_its_answer_stand_between_what_is_printed(typist, service):
    await typist.open()
    asked = typist.send(
        "print('before')\nname = input('Who? ')\nprint('hello', name)", allow_stdin=True
    )
    await typist.answer("Zoë")
    await typist.idle(asked)
    await until(service, ExecutionFinished)
    assert said(service) == [
        ("stdout", "before\n"),
        ("stdin", "Who? Zoë\n"),
        ("stdout", "hello Zoë\n"),
    ]


async def test_every_question_of_a_loop_is_in_its_place(typist, service):
    await typist.open()
    asked = typist.send("for n in range(20):\n    print('got', input(f'{n}? '))", allow_stdin=True)
    for n in range(20):
        await typist.answer(str(n))
    await typist.idle(asked)
    await until(service, ExecutionFinished)
    wanted = []
    for n in range(20):
        wanted += [("stdin", f"{n}? {n}\n"), ("stdout", f"got {n}\n")]
    assert said(service) == wanted


async def test_a_password_is_nowhere(typist, service, spool_folder):
    await typist.open()
    asked = typist.send(
        "import getpass\npassed = len(getpass.getpass('Password: '))", allow_stdin=True
    )
    await typist.answer("s3cr3t-canary")
    await typist.idle(asked)
    await until(service, ExecutionFinished)
    assert said(service) == [("stdin", "Password: ········\n")]
    assert b"s3cr3t-canary" not in b"".join(body for _, _, body in service.requests)
    kept = b"".join(p.read_bytes() for p in spool_folder.rglob("*") if p.is_file())
    assert b"s3cr3t-canary" not in kept


async def test_a_question_that_nobody_answers_is_recorded(typist, service):
    await typist.open()
    typist.send("input('Still there? ')", allow_stdin=True)
    (asked,) = await until(service, OutputRecorded)
    assert service.text(asked) == "Still there? "
    await typist.post("interrupt")
    (finished,) = await until(service, ExecutionFinished)
    assert finished.status == "interrupted"
