"""Who is behind a token: asked once in a while, and never somebody else."""

import asyncio

import pytest

from trailbook.store.sql import SqlStore
from trailbook_hub.service import identity
from trailbook_hub.service.identity import Identities


class Hub:
    """What the hub says of its users, and how often it was asked."""

    def __init__(self):
        self.created = "2024-01-01T00:00:00Z"
        self.asked = 0

    async def user(self, name):
        self.asked += 1
        return {"name": name, "created": self.created} if self.created else None


@pytest.fixture
def hub():
    return Hub()


@pytest.fixture
def person(tmp_path, hub):
    """Asks who it is, with a new answer of the hub about a token."""
    store = SqlStore.open(tmp_path / "store.sqlite")
    identities = Identities(store, hub)

    def ask(name, token):
        found = asyncio.run(identities.of_answer({"name": name}, token))
        return None if found is None else found.id

    yield ask
    store.close()


def test_the_person_of_a_token_is_asked_for_once(hub, person):
    assert person("ada", "t1") == person("ada", "t1")
    assert hub.asked == 1


def test_a_name_for_people_that_changes_is_seen_after_a_while(hub, person, monkeypatch):
    person("ada", "t1")
    monkeypatch.setattr(identity, "KNOWN_SECONDS", 0.0)
    person("ada", "t1")
    assert hub.asked == 2


def test_a_successor_of_the_same_name_is_somebody_else(hub, person):
    before = person("ada", "t1")
    hub.created = "2025-01-01T00:00:00Z"
    after = person("ada", "t2")
    assert after != before
    assert person("ada", "t1") == before
    assert person("ada", None) == after


def test_who_was_renamed_is_looked_up(hub, person):
    before = person("ada", "t1")
    assert person("eve", "t1") != before
    assert hub.asked == 2


def test_who_is_signed_in_with_a_browser_is_asked_for_with_each_answer(hub, person):
    person("ada", None)
    person("ada", None)
    assert hub.asked == 2


def test_who_is_nobody_is_not_remembered(hub, person):
    hub.created = ""
    assert person("ada", "t1") is None
    hub.created = "2025-01-01T00:00:00Z"
    assert person("ada", "t1") is not None


def test_memory_is_bounded(hub, person, monkeypatch):
    monkeypatch.setattr(identity, "MOST_KNOWN", 2)
    for token in ("t1", "t2", "t3", "t1"):
        person("ada", token)
    assert hub.asked == 4
