"""Whose history an import becomes."""

import msgspec

from ...errors import BadRequest
from ..base import HERE
from ..people.persons import DEMO
from ..sql import SqlStore
from .writing import Importer

_PEOPLE = "SELECT hub_name, hub_created FROM person WHERE hub_created <> ?"


class Target(msgspec.Struct, frozen=True):
    """A space, the writer's owner in it, and the people whom an author can be there."""

    owner: Importer
    space: str
    people: set[str]

    def check(self, people: set[str]) -> None:
        """Refuse names that mean nobody here."""
        strangers = sorted(people - self.people)
        if strangers:
            known = ", ".join(sorted(self.people)) or "nobody"
            raise BadRequest(f"{', '.join(strangers)}: nobody here. Known here: {known}.")


def of_project(store: SqlStore, name: str) -> Target:
    """The project, for all its members to see."""
    project = store.project(name)
    owner = Importer(store.project_account(project.id), project=project.id)
    people = {member.person.name for member in store.members(project.id)}
    return Target(owner, project.space, people)


def of_person(store: SqlStore, name: str) -> Target:
    """The one person of a laptop; a name of the machine means nobody in the store of a hub."""
    with store.db.statements() as connection:
        people = {(row[0], row[1]) for row in connection.exec_driver_sql(_PEOPLE, (DEMO,))}
    if people and (name, HERE) not in people:
        raise BadRequest("This is the history of a hub: name one of its projects with --project.")
    person = store.person(name, HERE, name)
    owner = Importer(name, person=person.id)
    return Target(owner, store.personal_space(person.id), {name})
