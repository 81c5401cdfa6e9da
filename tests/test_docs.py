"""The reference follows the code, and nothing that a person can set or meet is left out of it."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from traitlets import HasTraits

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()


@pytest.mark.parametrize("page", generate.PAGES)
def test_the_reference_is_what_the_code_says(page: str) -> None:
    assert (REFERENCE / page).read_text() == generate.rendered(page), "run `make docs`"


def test_every_setting_has_help_in_full_sentences() -> None:
    without = [
        f"{section.__name__}.{name}"
        for section in generate.ours(HasTraits)
        for name, trait in section.class_own_traits(config=True).items()
        if not trait.help.strip().endswith((".", ")", "`"))
    ]
    assert not without


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in generate.ours(generate.TrailbookError)]
    assert len(codes) == len(set(codes))


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_no_page_names_this_machine() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        assert str(ROOT) not in page.read_text(), page
