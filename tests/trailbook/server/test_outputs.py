"""Streams are folded as a terminal would, and huge outputs keep both ends."""

import pytest

from trailbook.server.outputs import TEXT, Outputs, fold


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("no return\n", "no return\n"),
        ("10%\r20%\r30%\n", "30%\n"),
        ("hello\rab\n", "abllo\n"),
        ("line\r\nnext\r\n", "line\nnext\n"),
        ("10%\r", "10%\r"),
        ("a\rb\nc\rd", "b\nd"),
        ("\r\r\rx", "x"),
        ("", ""),
    ],
)
def test_a_carriage_return_overwrites_the_line(printed, shown):
    assert fold(printed) == shown


def test_of_a_line_that_began_earlier_the_return_stays():
    assert fold("more\r20%\r30%", at_line_start=False) == "more\r30%"
    assert fold("\r20%\r30%\nnext\rN", at_line_start=False) == "\r30%\nNext"


def collect(limit, *messages):
    emitted = []
    outputs = Outputs(limit, emitted.append)
    for kind, content in messages:
        outputs.message(kind, content)
    outputs.finish()
    return emitted


def stream(text, name="stdout"):
    return "stream", {"name": name, "text": text}


def test_messages_of_one_stream_become_one_output():
    one, two, three = collect(1000, stream("a"), stream("b"), stream("c", "stderr"), stream("d"))
    assert [each.parts[TEXT] for each in (one, two, three)] == [b"ab", b"c", b"d"]


def test_a_huge_stream_keeps_head_and_tail_and_counts_the_rest():
    text = "".join(f"{n}é" for n in range(100_000))
    emitted = collect(10_000, *[stream(text[n : n + 1000]) for n in range(0, len(text), 1000)])
    kept = b"".join(each.parts[TEXT] for each in emitted)
    dropped = sum(each.dropped_bytes for each in emitted)
    whole = text.encode()
    assert len(kept) + dropped == len(whole)
    assert 9_900 <= len(kept) <= 10_000
    assert whole.startswith(kept[:4_990])
    assert whole.endswith(kept[-4_900:])
    assert all(each.parts[TEXT].decode() for each in emitted)


def test_many_pictures_keep_the_first_and_the_last():
    picture = "x" * 1000
    messages = [
        ("display_data", {"data": {"text/plain": f"{n}", "text/html": picture}, "metadata": {}})
        for n in range(100)
    ]
    emitted = collect(10_000, *messages)
    shown = [int(each.parts[TEXT]) for each in emitted]
    assert shown == [0, 1, 2, 3, 96, 97, 98, 99]
    assert sum(each.dropped_bytes for each in emitted) >= 92_000


def test_one_output_larger_than_the_limit_is_shortened():
    huge = {"data": {"text/plain": "h" * 5000 + "t" * 5000, "text/html": "<p>" * 5000}}
    (kept,) = collect(4000, ("execute_result", huge))
    assert kept.parts == {TEXT: b"h" * 1000 + b"t" * 1000}
    assert kept.dropped_bytes == 23_000


def test_an_error_keeps_its_name_its_message_and_its_traceback():
    (error,) = collect(
        1000, ("error", {"ename": "E", "evalue": "v" * 2000, "traceback": ["one", "two\udc80"]})
    )
    assert (error.name, len(error.value)) == ("E", 1000)
    assert error.parts[TEXT] == b"one\ntwo?"
