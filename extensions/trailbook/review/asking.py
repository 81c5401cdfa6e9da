"""Who can be asked for a review."""

from collections.abc import Collection, Mapping

from ..errors import BadRequest


def reviewers(members: Mapping[str, str], wanted: Collection[str], author: str) -> list[str]:
    """The ids of those who are asked by name; `members` has the ids of those who have access.

    Somebody without access and a name that nobody has are told alike.
    """
    known = {name.casefold(): person for name, person in members.items()}
    missed = [name for name in wanted if name.casefold() not in known]
    if missed:
        raise BadRequest(f"In this project there is nobody called {', '.join(missed)}.")
    people = list(dict.fromkeys(known[name.casefold()] for name in wanted))
    if author in people:
        raise BadRequest("Who asks for a review is not asked for it.")
    return people
