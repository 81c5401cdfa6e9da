"""The pages over a small history, and people who look at them."""

import re

import pytest
import requests

import desk


class Visitor(requests.Session):
    """Somebody's browser."""

    def __init__(self, service, name):
        super().__init__()
        self.service = service
        if name:
            self.cookies.set("who", name)

    def at(self, path, **more):
        return self.get(self.service.url + path, allow_redirects=False, **more)

    def fill(self, path, **fields):
        page = self.at("welcome")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text).group(1)
        fields["_xsrf"] = token
        return self.post(self.service.url + path, data=fields, allow_redirects=False)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    team = desk.Team(tmp_path_factory.mktemp("pages"))
    trail = team.trail("bob", "features.ipynb", team.project)
    first = trail.run("print(1)", ("stream", {"text/plain": "one"}, "stdout"), cell="a")
    saved = [{"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Title"}]
    version = trail.save(saved)
    trail.run("print(2)", cell="b")
    private = team.trail("alice", "own.ipynb").run("secret = 1")
    running = desk.Service(team)
    running.step, running.version, running.private = first, version, private
    running.notebook = team.store.step(first).notebook
    yield running
    running.close()


@pytest.fixture
def visitor(service):
    return lambda name: Visitor(service, name)
