"""`trailbook review`: from a hub with a token, and from the store of this machine."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trailbook.cli.commands import main
from trailbook.store.sql import SqlStore

from .api.bench import Bench
from .api.reviewing import Reviewing
from .api.world import World

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reviewing, Path]]:
    file = tmp_path_factory.mktemp("served") / "trailbook.sqlite"
    store = SqlStore.open(file)
    world = World(store).build()
    bench = Bench(store, world.actors)
    yield Reviewing(bench, world, "reviewed.ipynb"), file
    bench.close()
    store.close()


@pytest.fixture(scope="module")
def review(served: tuple[Reviewing, Path]) -> dict[str, Any]:
    reviewing, _ = served
    made = reviewing.begin(description="Does it *hold*?\x1b]0;evil\x07")
    anchor = reviewing.on_cell(0, first_line=2, last_line=2)
    wrote = reviewing.thread(made, "alice", "On the 2024 slice?", anchor=anchor)
    assert wrote.status == 201, wrote.body
    return made


@pytest.fixture
def ask(served: tuple[Reviewing, Path], monkeypatch: pytest.MonkeyPatch) -> Ask:
    def ask(who: str, *words: str, **options: Any) -> Result:
        monkeypatch.setenv("TRAILBOOK_TOKEN", who)
        address = f"http://127.0.0.1:{served[0].bench.port}"
        return CliRunner().invoke(main, ["review", *words, "--url", address], **options)

    return ask


def test_reviews_are_listed_with_whom_they_wait_for(ask: Ask, review: dict[str, Any]) -> None:
    listed = ask("alice's server", "list", "--project", "churn")
    assert listed.exit_code == 0, listed.output
    assert f"{review['id']}  churn {review['number']}  Better tenure  (open" in listed.output
    assert "1 open thread" in listed.output
    assert "bob has threads to answer" in listed.output
    assert "Better tenure" in ask("bob's server", "list", "--waiting").output
    assert "No review." in ask("dave", "list").output


def test_a_review_is_shown_with_its_threads_where_they_belong(
    ask: Ask, review: dict[str, Any]
) -> None:
    shown = ask("bob's server", "show", f"https://hub/services/trailbook/reviews/{review['id']}")
    assert shown.exit_code == 0, shown.output
    assert "bob asks alice" in shown.output
    assert "Does it *hold*?\n" in shown.output  # and nothing that steers a terminal
    assert "Cell 1 “rows = load()”, line 2  (open)" in shown.output
    assert "    | rows = rows.dropna()" in shown.output
    assert "On the 2024 slice?" in shown.output
    as_json = json.loads(ask("bob's server", "show", review["id"], "--json").output)
    assert as_json["title"] == "Better tenure"


def test_one_comments_and_answers_and_hears_whom_a_mention_does_not_reach(
    ask: Ask, review: dict[str, Any], served: tuple[Reviewing, Path]
) -> None:
    said = ask("bob's server", "comment", review["id"], "Look, @nobody-here")
    assert said.exit_code == 0, said.output
    assert "Written.\nNot told, for they are not in this project: nobody-here." in said.output
    thread = served[0].read(review)["threads"][0]["id"]
    answer = ask("bob's server", "comment", review["id"], "--thread", thread, input="Yes, it does.")
    assert answer.exit_code == 0, answer.output
    told = served[0].read(review, "alice")["threads"][0]["comments"]
    assert [it["text"] for it in told] == ["On the 2024 slice?", "Yes, it does."]


def test_what_is_not_there_or_not_allowed_is_said_with_an_exit_code(
    ask: Ask, review: dict[str, Any]
) -> None:
    assert ask("dave", "show", review["id"]).exit_code == 3
    assert ask("dave", "comment", review["id"], "x").exit_code == 3
    assert ask("project server", "comment", review["id"], "x").exit_code == 4
    assert ask("bob's server", "show", "not-an-id").exit_code == 2
    empty = ask("bob's server", "comment", review["id"], "  ")
    assert (empty.exit_code, "A comment says something" in empty.output) == (6, True)


def test_the_store_of_this_machine_is_read_without_a_hub(
    review: dict[str, Any], served: tuple[Reviewing, Path]
) -> None:
    where = ["--store", str(served[1])]
    listed = CliRunner().invoke(main, ["review", "list", *where])
    assert "Better tenure" in listed.output
    shown = CliRunner().invoke(main, ["review", "show", review["id"], *where])
    assert "On the 2024 slice?" in shown.output
    refused = CliRunner().invoke(main, ["review", "comment", review["id"], "x", *where])
    assert refused.exit_code == 6
    assert "--url" in refused.output
