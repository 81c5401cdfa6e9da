"""The version that two versions both came from."""

from typing import Any

import pytest

from trailbook.errors import NotFound
from trailbook.store.records import NotebookCopied


@pytest.fixture
def save(ada: Any, notebook_bytes: Any) -> Any:
    def save(text: str, path: str = "a.ipynb") -> str:
        return ada.save(notebook_bytes(text), path=path)

    return save


def test_of_two_versions_of_a_notebook_it_is_the_older(ada: Any, save: Any) -> None:
    first, _, third = save("one"), save("two"), save("three")
    assert ada.store.common_version(third, first).id == first
    assert ada.store.common_version(first, third).id == first


def test_after_going_back_it_is_what_was_brought_back(ada: Any, save: Any) -> None:
    first, theirs = save("one"), save("two")
    save("one")
    ours = save("one and more")
    assert ada.store.common_version(ours, theirs).id == first


def test_of_a_copy_it_is_what_was_copied(ada: Any, save: Any) -> None:
    save("one")
    copied = save("two")
    ada.tell(NotebookCopied, path="a.ipynb", to_space=ada.space, to_path="b.ipynb")
    theirs, ours = save("theirs", "b.ipynb"), save("ours")
    assert ada.store.common_version(ours, theirs).id == copied


def test_of_two_copies_it_is_what_the_earlier_one_copied(ada: Any, save: Any) -> None:
    first = save("one")
    ada.tell(NotebookCopied, path="a.ipynb", to_space=ada.space, to_path="b.ipynb")
    save("two")
    ada.tell(NotebookCopied, path="a.ipynb", to_space=ada.space, to_path="c.ipynb")
    ours, theirs = save("in b", "b.ipynb"), save("in c", "c.ipynb")
    assert ada.store.common_version(ours, theirs).id == first


def test_notebooks_that_have_nothing_to_do_with_each_other_have_none(ada: Any, save: Any) -> None:
    ours, theirs = save("x = load()\nfit(x)"), save("Summary of the year", "other.ipynb")
    assert ada.store.common_version(ours, theirs) is None


def test_what_is_no_version_is_said(ada: Any, save: Any) -> None:
    with pytest.raises(NotFound):
        ada.store.common_version(save("one"), "0" * 32)
