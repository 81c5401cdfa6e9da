import pytest

from trailbook_hub.service.pages import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"),
        (0.34, "340 ms"),
        (1.24, "1.2 s"),
        (59.97, "1 min"),
        (250, "4 min 10 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (-5, "0 ms"),
    ],
)
def test_durations(seconds, said):
    assert words.duration(int(seconds * 1e6)) == said


def test_counts_and_lists():
    assert words.count(1, "run") == "1 run"
    assert words.count(10_000, "run") == "10,000 runs"
    assert words.count(2, "try", "tries") == "2 tries"
    assert words.listing([]) == ""
    assert words.listing(["a"]) == "a"
    assert words.listing(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("", ""),
        ("\n\n  \n", ""),
        ("x = 1", "x = 1"),
        ("import a\nfrom b import c\n\nfit(x)", "fit(x)"),
        ("import a", "import a"),
        ("%%time\nfit(x)", "fit(x)"),
        ("# Fill in the tenure\nx = 1", "Fill in the tenure"),
        ("#---------\nx = 1", "x = 1"),
        ("library(dplyr)\nsummary(x)", "summary(x)"),
        ("# العربية\nx = 1", "العربية"),
    ],
)
def test_a_run_is_named_by_its_first_meaningful_line(source, title):
    assert words.first_line(source) == title


def test_an_unknown_reason_for_a_gap_is_said_as_it_is():
    assert words.gap_reason("disk-full") == "the disk was full"
    assert words.gap_reason("something-new") == "something new"
