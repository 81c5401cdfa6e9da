"""What a run depended on, on its own page."""

import re

import pytest

import desk
from trailbook.store.records import DataFile

A, B = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def told(service):
    """A notebook whose second run met other data and other code than the first."""
    team = service.team
    trail = team.trail("alice", "data.ipynb", team.project)
    trail.beside(model_py="a = 1", query_sql="SELECT <1>")
    first = trail.run("pd.read_csv('x.csv')")
    trail.data(first, DataFile("x.csv", "read", 12_000, desk.START, A))
    trail.beside(model_py="a = 2")
    second = trail.run("pd.read_csv('x.csv')")
    trail.data(
        second,
        DataFile("x.csv", "read", 12_500, desk.START, B),
        DataFile("<b>.csv", "read", unknown="not-there"),
        DataFile("/big/y.parquet", "written", 5_000_000_000, desk.START, A, partial=True),
    )
    third = trail.run("pd.read_csv('x.csv')")
    trail.data(third, DataFile("x.csv", "read", 12_500, desk.START, B))
    return first, second, third


def depended(answer):
    found = re.search(r'<details class="depended">(.*?)</details>', answer.text, re.DOTALL)
    return re.sub(r"\s+", " ", found.group(1)) if found else None


def test_a_step_tells_its_data_and_whether_it_was_the_same(visitor, told):
    first, second, third = (depended(visitor("carol").at(f"steps/{step}")) for step in told)
    assert "seen here for the first time" in first
    assert f'/steps/{told[0]}">not the same as last time' in second
    assert "12 kB" in second
    assert "there was no such file" in second
    assert "&lt;b&gt;.csv" in second
    assert "Wrote <code>/big/y.parquet</code>" in second
    assert f'/steps/{told[1]}">the same as last time' in third


def test_a_step_links_the_files_as_they_were(visitor, told):
    carol = visitor("carol")
    contents = []
    for step in told[:2]:
        said = depended(carol.at(f"steps/{step}"))
        link = re.search(r'href="[^"]*?/(api/steps/[^"]*model\.py)"', said).group(1)
        answer = carol.at(link)
        assert answer.headers["Content-Type"].startswith("text/plain")
        contents.append(answer.text)
    assert contents == ["a = 1", "a = 2"]
    assert "new since the run before" in said


def test_a_step_without_any_says_nothing(visitor, service):
    assert depended(visitor("carol").at(f"steps/{service.step}")) is None
