"""Whom an author of git is here."""

import pytest

from trailbook.errors import BadRequest
from trailbook.store.gitimport.authors import authors, person_of
from trailbook.store.gitimport.changes import Commit


def by(name: str, mail: str) -> Commit:
    return Commit("c", [], 0, name, mail)


def test_a_person_is_known_by_name_mail_or_both() -> None:
    known = authors(
        ["# the team", "", "Ada L <ada@x.org>=ada", "bob@x.org = bob\n", "Cy=cy", "<d@x.org>=dan"]
    )
    assert person_of(by("Ada L", "ADA@x.org"), known) == "ada"
    assert person_of(by("Ada L", "other@x.org"), known) is None
    assert person_of(by("whoever", "bob@x.org"), known) == "bob"
    assert person_of(by("Cy", ""), known) == "cy"
    assert person_of(by("", "d@x.org"), known) == "dan"
    assert person_of(by("ada", ""), known) is None


@pytest.mark.parametrize("line", ["Ada", "=ada", "Ada <ada@x.org>=", "<>=ada", "Ada=a b"])
def test_what_is_no_author_is_said(line: str) -> None:
    with pytest.raises(BadRequest):
        authors([line])
