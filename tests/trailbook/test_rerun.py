"""What counts as the same when a notebook ran again, and what does not."""

import pytest

from trailbook.rerun import CellOutcome, Counts, counted, given, outcomes


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def result(**data):
    mimes = {mime.replace("_", "/"): value for mime, value in data.items()}
    return {"output_type": "execute_result", "data": mimes, "metadata": {}, "execution_count": 1}


def error(name="ValueError", value="no"):
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": ["here"]}


def cell(*outputs, source="x", tags=(), kind="code", **more):
    metadata = {"tags": list(tags)} if tags else {}
    found = {"cell_type": kind, "source": source, "metadata": metadata, **more}
    return found if kind != "code" else {**found, "outputs": list(outputs), "execution_count": 1}


def states(saved, ran, reached=None):
    found = outcomes(saved, ran, len(saved) if reached is None else reached)
    return [outcome.state for outcome in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([stream("a\nb\n")], [stream("a\n"), stream("b\n")]),
        ([stream(["a\n", "b\n"])], [stream("a\nb\n")]),
        ([stream("10 %\r100 %\n")], [stream("100 %\n")]),
        ([stream("a"), stream("w", "stderr")], [stream("w", "stderr"), stream("a")]),
        ([result(text_plain="<Axes at 0x7f12ab>")], [result(text_plain="<Axes at 0x7fffff>")]),
        (
            [result(text_plain="<environment: 0x55d0c8a0>")],
            [result(text_plain="<environment: 0x55d0ffff>")],
        ),
        (
            [result(text_html="<div id='6f1c2d3e-0a1b-4c5d-8e9f-001122334455'>")],
            [result(text_html="<div id='7f1c2d3e-0a1b-4c5d-8e9f-001122334455'>")],
        ),
        (
            [result(text_html="<table id='T_1a2b3'>")],
            [result(text_html="<table id='T_9a2b3'>")],
        ),
        (
            [stream("/t/ipykernel_12/34.py:1: Warning", "stderr")],
            [stream("/t/ipykernel_99/35.py:1: Warning", "stderr")],
        ),
        ([result(image_png="AAAA\nBBBB")], [result(image_png="AAAABBBB")]),
        (
            [{**result(text_plain="1"), "execution_count": 7, "metadata": {"a": 1}}],
            [result(text_plain="1")],
        ),
    ],
)
def test_what_does_not_count(before, after) -> None:
    assert states([cell(*before)], [cell(*after)]) == ["same"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([stream("a")], [stream("b")]),
        ([stream("a")], [stream("a", "stderr")]),
        ([], [stream("a")]),
        ([stream("a")], []),
        ([result(image_png="AAAA")], [result(image_png="AAAB")]),
        ([result(text_plain="1")], [result(text_plain="1", text_html="1")]),
        ([stream("d41d8cd98f00b204e980")], [stream("e41d8cd98f00b204e980")]),
        ([stream("mask 0x1f")], [stream("mask 0x2f")]),
        ([result(application_json={"a": 1})], [result(application_json={"a": 2})]),
        ([result(text_plain="1"), result(text_plain="2")], [result(text_plain="2")] * 2),
    ],
)
def test_what_counts(before, after) -> None:
    assert states([cell(*before)], [cell(*after)]) == ["changed"]


def test_an_error_is_a_failure_also_where_the_version_shows_it() -> None:
    assert states([cell(error())], [cell(error())]) == ["failed"]


def test_an_error_that_the_cell_is_there_for_is_an_output() -> None:
    expects = cell(error(), tags=["raises-exception"])
    assert states([expects], [expects]) == ["same"]
    other = cell(error("KeyError"), tags=["raises-exception"])
    assert states([expects], [other]) == ["changed"]


def test_an_errors_lines_do_not_count_and_its_message_does() -> None:
    assert given([error()]) == given([{**error(), "traceback": ["elsewhere"]}])
    assert given([error()]) != given([error(value="other")])
    at = "<A object at 0x{}> is no B"
    assert given([error(value=at.format("7f1"))]) == given([error(value=at.format("7f2"))])


def test_a_widget_is_another_one_in_each_kernel_and_may_not_go() -> None:
    def widget(model):
        view = {"model_id": model, "version_major": 2}
        mime = "application_vnd.jupyter.widget-view+json"
        return result(**{mime: view, "text_plain": "Slider()"})

    assert states([cell(widget("a"))], [cell(widget("b"))]) == ["same"]
    assert states([cell(widget("a"))], [cell(result(text_plain="Slider()"))]) == ["changed"]


def test_what_comes_after_the_end_was_not_run() -> None:
    cells = [cell(stream("a"), id="one"), cell(kind="markdown"), cell(), cell(id="four")]
    ran = [cell(stream("a"), id="one"), cell(kind="markdown"), cell(error()), cell(id="four")]
    found = outcomes(cells, ran, 3)
    assert [outcome.state for outcome in found] == ["same", "failed", "not-run"]
    assert found[2] == CellOutcome(place=3, cell_id="four", state="not-run")
    assert counted(found) == Counts(same=1, changed=0, failed=1, not_run=1)


def test_text_and_empty_cells_are_nobodys_outcome() -> None:
    cells = [cell(kind="markdown"), cell(kind="raw"), cell(source=" \n"), cell(source=["x", "y"])]
    assert [outcome.place for outcome in outcomes(cells, cells, 4)] == [3]
