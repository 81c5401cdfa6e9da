"""What tests of reviews do again and again: bob's notebook, reviews of it, new versions."""

import json
from typing import Any

from .bench import Answer, Bench
from .world import Recorder, World, save

SOURCE = "rows = load()\nrows = rows.dropna()\nmodel.fit(rows)"


def notebook(*sources: str, out: str = "0.81") -> bytes:
    cells = [
        {
            "cell_type": "code",
            "id": ("alpha", "beta", "gamma")[n],  # ids that number places are not believed
            "metadata": {},
            "execution_count": None,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": out}],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


class Reviewing:
    """One notebook of its own, that bob records into the project."""

    def __init__(self, bench: Bench, world: World, path: str) -> None:
        self.bench, self.world, self.path = bench, world, path
        self.recorder = Recorder(world.store, world.owner("bob"))
        self.base = self.save(notebook(SOURCE, "other()"))
        self.notebook = world.store.notebook_at(world.ids["space"], path).id

    def save(self, content: bytes, path: str | None = None) -> str:
        self.recorder.record(save(self.world.ids["space"], "bob", path or self.path, content))
        found = self.world.store.notebook_at(self.world.ids["space"], path or self.path)
        return self.world.store.snapshots(found.id)[0].id

    def ask(self, who: str = "bob", **fields: Any) -> Answer:
        body = {
            "title": "Better tenure",
            "project": "churn",
            "notebooks": [{"notebook": self.notebook}],
            "reviewers": ["alice"],
            **fields,
        }
        return self.bench.post("reviews", who, body)

    def begin(self, who: str = "bob", **fields: Any) -> dict[str, Any]:
        answer = self.ask(who, **fields)
        assert answer.status == 201, answer.body
        review: dict[str, Any] = answer.json["review"]
        return review

    def read(self, review: dict[str, Any], who: str = "bob") -> dict[str, Any]:
        answer = self.bench.get(f"reviews/{review['id']}", who)
        assert answer.status == 200, answer.body
        view: dict[str, Any] = answer.json
        return view

    def look(self, review: dict[str, Any], who: str) -> Answer:
        view = self.read(review, who)
        body = {"revision": len(view["revisions"]), "seen": view["seen"]}
        return self.bench.put(f"reviews/{view['id']}/look", who, body)

    def submit(self, review: dict[str, Any], who: str, **fields: Any) -> Answer:
        view = self.read(review, who)
        body = {"revision": len(view["revisions"]), "seen": view["seen"], **fields}
        return self.bench.post(f"reviews/{view['id']}/submissions", who, body)

    def to(self, review: dict[str, Any], state: str, who: str = "bob", **fields: Any) -> Answer:
        seen = self.read(review, who)["seen"]
        body = {"state": state, "seen": seen, **fields}
        return self.bench.put(f"reviews/{review['id']}/state", who, body)

    def thread(self, review: dict[str, Any], who: str, text: str = "hm", **fields: Any) -> Answer:
        anchor = fields.pop("anchor", {})
        body = {"anchor": anchor, "comment": {"text": text, "draft": False, **fields}}
        return self.bench.post(f"reviews/{review['id']}/threads", who, body)

    def on_cell(self, cell: int = 0, **fields: Any) -> dict[str, Any]:
        newest = self.world.store.snapshots(self.notebook)[0].id
        return {"notebook": self.notebook, "snapshot": newest, "cell": cell, **fields}

    def told(self, who: str) -> list[tuple[str, str]]:
        """What somebody was told last: why, and by whom."""
        found = self.bench.get("notifications", who).json["notifications"]
        return [(it["why"], it["by"]["name"]) for it in found]
