from trailbook.store.views import (
    GapView,
    KernelSessionView,
    NotebookView,
    OutputView,
    StepsPage,
    StepView,
)
from trailbook_hub.service.pages import story

MINUTE = 60_000_000
MORNING = 1_790_000_000_000_000


def step(name, minute, author="bob", **more):
    at = MORNING + minute * MINUTE
    more = {"status": "ok", "kernel_session": "k", "finished_at": at + 1, **more}
    return StepView(id=name, type="run", notebook="n", path="n.ipynb", at=at, author=author, **more)


def page(*steps, gaps=()):
    sessions = [
        KernelSessionView(id=id_, spec="python3", language="python", started_at=0)
        for id_ in dict.fromkeys(s.kernel_session for s in steps)
    ]
    notebook = NotebookView(id="n", space="s", project=None, path="n.ipynb")
    return StepsPage(
        notebook=notebook, steps=list(steps), kernel_sessions=sessions, gaps=list(gaps), total=0
    )


def test_a_burst_of_one_person_is_an_episode():
    told = story.tell(page(step("a", 0), step("b", 10), step("c", 12, "alice"), step("d", 90)))
    assert [[line.step.id for line in episode.lines] for episode in told] == [
        ["a", "b"], ["c"], ["d"],
    ]  # fmt: skip
    assert told[0].summary == "2 runs"


def test_retries_fold_into_the_last_try():
    tries = [
        step("a", 0, status="error", retry_of="c"),
        step("b", 1, status="error", retry_of="c"),
        step("c", 2, status="ok"),
    ]
    (episode,) = story.tell(page(*tries))
    (line,) = episode.lines
    assert [retry.id for retry in line.retries] == ["a", "b"]
    assert episode.summary == "3 runs, 2 errors"


def test_a_retry_of_a_step_on_another_page_stays_a_line():
    (episode,) = story.tell(page(step("a", 0, retry_of="elsewhere")))
    assert len(episode.lines) == 1


def test_what_is_missing_stands_where_it_is_missing():
    gap = GapView(reason="disk-full", since=MORNING + 5 * MINUTE)
    told = story.tell(page(step("a", 0), step("b", 10), gaps=[gap]))
    assert [isinstance(part, story.Episode) for part in told] == [True, False, True]


def test_a_new_kernel_is_said_but_not_the_first():
    (episode,) = story.tell(page(step("a", 0), step("b", 1, kernel_session="l")))
    assert [line.kernel is not None for line in episode.lines] == [False, True, False]


def test_an_error_line_says_the_error_and_what_fixed_it():
    error = OutputView(index=0, type="error", name="KeyError", value="'x'\nmore")
    failed = step("a", 0, status="error", outputs=[error], fixed_by="b")
    (episode,) = story.tell(page(failed, step("b", 1)))
    assert episode.lines[0].error == "KeyError: 'x'"
    assert episode.lines[0].fixed_by.id == "b"


def test_a_run_that_was_stopped_says_so():
    (episode,) = story.tell(page(step("a", 0, status="interrupted")))
    assert episode.lines[0].error == "interrupted"
