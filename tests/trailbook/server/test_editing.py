"""Who changes a shared document: counted from version to version, and read from messages."""

import pytest

from trailbook.server import editing
from trailbook.server.editing import Clients, Editing, Said, said, states

pycrdt = pytest.importorskip("pycrdt")


@pytest.fixture
def document():
    """A document with one change, made by the copy 7."""
    doc = pycrdt.Doc(client_id=7)
    doc["text"] = pycrdt.Text("hello")
    return doc


def test_who_typed_last_is_named_last():
    counted = Editing()
    for person in ("ada", "bob", None, "ada"):
        counted.changed(person)
    assert counted.taken() == ["bob", None, "ada"]
    assert counted.taken() == []


def test_what_comes_while_a_version_is_written_counts_for_the_next_one():
    counted = Editing()
    counted.changed("ada")
    counted.changed("bob")
    counted.saving()
    counted.changed("bob")
    counted.changed("eve")
    assert counted.taken() == ["ada", "bob"]
    assert counted.taken() == ["bob", "eve"]


def test_a_change_names_the_copy_that_made_it(document):
    text = document["text"]
    before = document.get_state()
    text += ", world"
    update = document.get_update(before)
    assert said(pycrdt.create_update_message(update)) == Said(change=True, client=7)


def test_a_change_of_several_copies_names_none(document):
    other = pycrdt.Doc(client_id=2_000_000_000)
    other.apply_update(document.get_update())
    other["more"] = pycrdt.Text("x")
    update = other.get_update()
    assert said(pycrdt.create_update_message(update)) == Said(change=True)


def test_a_deletion_alone_names_no_copy(document):
    text = document["text"]
    before = document.get_state()
    del text[0:2]
    update = document.get_update(before)
    assert said(pycrdt.create_update_message(update)) == Said(change=True)


def test_a_greeting_names_its_copy(document):
    awareness = pycrdt.Awareness(document)
    awareness.set_local_state({"user": {"username": "ada"}})
    update = awareness.encode_awareness_update([7])
    assert said(pycrdt.create_awareness_message(update)) == Said(client=7)


def test_what_a_copy_has_is_told_apart_from_a_question(document):
    answer = pycrdt.handle_sync_message(pycrdt.create_sync_message(pycrdt.Doc())[1:], document)
    assert said(answer) == Said(all_i_have=True)
    assert said(pycrdt.create_sync_message(document)) == Said()


@pytest.mark.parametrize("message", [b"", b"\0", b"\0\2", b"\0\2\xff", b"\1", b"\1\5\1", b"\2"])
def test_a_message_that_is_none_names_nobody(message):
    assert said(message).client is None


def test_states_are_the_documents_own(document):
    other = pycrdt.Doc(client_id=2**31)
    other.apply_update(document.get_update())
    other["more"] = pycrdt.Text("abc")
    found = states(other.get_state())
    assert found.keys() == {7, 2**31}
    assert found[7] == states(document.get_state())[7] > 0


def test_nobody_takes_over_a_copy_of_somebody_elses(monkeypatch):
    clients = Clients()
    clients.learn(1, "ada")
    clients.learn(1, "mallory")
    assert clients.whose(1) == "ada"
    assert clients.whose(2) is None
    monkeypatch.setattr(editing, "MOST_CLIENTS", 2)
    for client in (2, 3):
        clients.learn(client, "bob")
    assert clients.whose(1) is None
