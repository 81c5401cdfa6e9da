"""The description is the API: every verb of every route, and no stale file."""

import json
import re
import subprocess
from pathlib import Path

import msgspec
import pytest
from tornado.web import RequestHandler

from trailbook.api import ROUTES, routes
from trailbook.api.openapi import METHODS, Problem, description, text, verbs

from .bench import Bench, BenchHandler
from .world import World

ROOT = Path(__file__).parents[3]
DESCRIPTION = ROOT / "docs" / "reference" / "openapi.json"
TYPES = ROOT / "extensions" / "ui" / "schema.ts"


def test_every_verb_of_every_handler_is_described_and_nothing_else() -> None:
    served = {
        (f"/{pattern}", method)
        for pattern, handler in ROUTES
        for method in METHODS
        if getattr(handler, method) is not getattr(RequestHandler, method)
    }
    paths = description(ROUTES)["paths"]
    assert {(path, method) for path, item in paths.items() for method in item} == served


def test_every_part_of_a_path_is_an_argument_of_its_verbs() -> None:
    for pattern, method, verb in verbs(ROUTES):
        assert [name for name, _ in verb.path] == re.findall(r"\{(\w+)\}", pattern), (
            pattern,
            method,
        )
        assert verb.says, f"{method} {pattern} says nothing"
    assert len(routes("/x/", BenchHandler)) == len(ROUTES)


def test_the_kept_description_is_fresh() -> None:
    assert DESCRIPTION.read_text() == text(), (
        "stale: python -m trailbook.api.openapi > docs/reference/openapi.json"
    )


@pytest.mark.lint
def test_the_types_for_the_pages_are_fresh(tmp_path: Path) -> None:
    fresh = tmp_path / "schema.ts"
    command = ["npx", "--no-install", "openapi-typescript", str(DESCRIPTION), "-o", str(fresh)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert TYPES.read_text() == fresh.read_text(), (
        "stale: npx openapi-typescript docs/reference/openapi.json -o extensions/ui/schema.ts"
    )


def test_answers_are_as_described(bench: Bench, world: World) -> None:
    """Decoded strictly by the type that the description is made from."""
    described = {(pattern, method): verb for pattern, method, verb in verbs(ROUTES)}
    for pattern, names in (
        ("me", {}),
        ("projects", {}),
        ("projects/{slug}", {"slug": "churn"}),
        ("projects/{slug}/members", {"slug": "churn"}),
        ("projects/{slug}/notebooks", {"slug": "churn"}),
        ("projects/{slug}/activity", {"slug": "churn"}),
        ("notebooks/{notebook}", world.ids),
        ("notebooks/{notebook}/steps", world.ids),
        ("notebooks/{notebook}/last-runs", world.ids),
        ("notebooks/{notebook}/snapshots", world.ids),
        ("steps/{step}", world.ids),
        ("steps/{step}/outputs", world.ids),
        ("snapshots/{snapshot}", world.ids),
    ):
        answer = bench.get(pattern.format(**names), "alice")
        value = msgspec.json.decode(answer.body, type=described[pattern, "get"].answers)
        assert json.loads(msgspec.json.encode(value)) == answer.json
    problem = bench.get("steps/nonsense", "alice")
    assert set(msgspec.json.decode(problem.body, type=Problem).__struct_fields__) == set(
        problem.json
    )
