"""Signs of presence are forgotten."""

from trailbook.api.presence import MOST, SECONDS, Presence, PresenceView


def view(name: str, since: int = 0) -> PresenceView:
    return PresenceView(name=name, display_name=name, server="", url=None, since=since)


def test_a_sign_is_forgotten_after_a_while_and_keeps_its_beginning_before() -> None:
    now = 0.0
    presence = Presence(lambda: now)
    presence.put("s", "a", view("bob", 1))
    now = SECONDS - 1
    presence.put("s", "a", view("bob", 2))
    now = 2 * SECONDS - 2
    assert [sign.since for sign in presence.of("s", "a")] == [1]
    now = 2 * SECONDS
    assert presence.of("s", "a") == []
    presence.put("s", "a", view("bob", 3))
    assert [sign.since for sign in presence.of("s", "a")] == [3]


def test_a_flood_of_signs_takes_bounded_memory() -> None:
    now = 0.0
    presence = Presence(lambda: now)
    for number in range(MOST):
        presence.put("s", str(number), view("bob"))
    now = SECONDS + 1
    presence.put("s", "last", view("bob"))
    assert presence.of("s", "last")
    assert len(presence._signs) == 1
    for number in range(MOST + 1):
        presence.put("s", str(number), view("bob"))
    assert len(presence._signs) <= MOST
