"""Pairs of made-up notebooks: one for each way in which a diff becomes long."""

import base64
import copy
import random
from collections.abc import Iterator
from typing import Any

Notebook = dict[str, Any]
Pair = tuple[Notebook, Notebook]

SIZES = (20, 100, 200, 500, 1000)
"""Cells."""


class Maker:
    """Makes notebooks, the same ones each time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311

    def words(self, count: int) -> str:
        return " ".join(f"name_{self.random.randrange(300)}" for _ in range(count))

    def source(self) -> str:
        return "\n".join(self.words(4) for _ in range(self.random.randint(1, 12)))

    def stream(self, size: int = 400) -> dict[str, Any]:
        lines = [f"epoch {n} loss {self.random.random():.6f}\n" for n in range(size // 23)]
        return {"output_type": "stream", "name": "stdout", "text": "".join(lines)}

    def shown(self, **data: str) -> dict[str, Any]:
        bundle = {kind.replace("_", "/"): value for kind, value in data.items()}
        return {"output_type": "display_data", "metadata": {}, "data": bundle}

    def table(self, size: int = 10_000) -> dict[str, Any]:
        rows = [
            f"<tr>\n  <th>{n}</th>\n  <td>{self.random.random():.6f}</td>\n"
            f"  <td>{self.random.random():.6f}</td>\n</tr>\n"
            for n in range(size // 67)
        ]
        return self.shown(text_html="".join(rows), text_plain="          0         1\n0  0.1  0.2")

    def image(self, size: int = 500_000) -> dict[str, Any]:
        raw = self.random.randbytes(size * 3 // 4)
        return self.shown(image_png=base64.b64encode(raw).decode(), text_plain="<Figure size 640>")

    def cell(self, *outputs: dict[str, Any]) -> dict[str, Any]:
        return {
            "cell_type": "code",
            "execution_count": self.random.randrange(100),
            "id": f"{self.random.getrandbits(32):08x}",
            "metadata": {},
            "outputs": list(outputs) or [self.stream()],
            "source": self.source(),
        }

    def notebook(self, cells: list[dict[str, Any]]) -> Notebook:
        return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

    def rerun(self, notebook: Notebook, remade: Any) -> Notebook:
        after = copy.deepcopy(notebook)
        for cell in after["cells"]:
            cell["outputs"] = [remade() for _ in cell["outputs"]]
            cell["execution_count"] += 100
        return after

    def edited(self, notebook: Notebook) -> Notebook:
        """Every twentieth cell edited, some inserted."""
        after = copy.deepcopy(notebook)
        for cell in after["cells"][::20]:
            lines = cell["source"].split("\n")
            lines[self.random.randrange(len(lines))] = self.words(4)
            cell["source"] = "\n".join(lines)
        for _ in range(len(after["cells"]) // 50 + 1):
            after["cells"].insert(self.random.randrange(len(after["cells"])), self.cell())
        return after

    def moved(self, notebook: Notebook) -> Notebook:
        after = copy.deepcopy(notebook)
        for _ in range(5):
            cell = after["cells"].pop(self.random.randrange(len(after["cells"])))
            after["cells"].insert(self.random.randrange(len(after["cells"])), cell)
        return after


def without_ids(notebook: Notebook) -> Notebook:
    cells = [{key: part for key, part in cell.items() if key != "id"} for cell in notebook["cells"]]
    return {**notebook, "cells": cells, "nbformat_minor": 4}


def made_pairs() -> Iterator[tuple[str, Notebook, Notebook]]:
    """Name, base, target; each with and without ids."""
    for name, (base, target) in with_ids():
        yield name, base, target
        yield f"{name}, no ids", without_ids(base), without_ids(target)


def with_ids() -> Iterator[tuple[str, Pair]]:
    for size in SIZES:
        maker = Maker(size)
        whole = maker.notebook([maker.cell() for _ in range(size)])
        yield f"{size} cells, the same", (whole, copy.deepcopy(whole))
        yield f"{size} cells, edited", (whole, maker.edited(whole))
        yield f"{size} cells, moved", (whole, maker.moved(whole))
        yield f"{size} cells, re-run", (whole, maker.rerun(whole, maker.stream))
    maker = Maker(7)
    long = maker.notebook([maker.cell(maker.stream(1_000_000)) for _ in range(3)])
    yield "3 streams of 1 MB", (long, maker.rerun(long, lambda: maker.stream(1_000_000)))
    drawn = maker.notebook([maker.cell(maker.image()) for _ in range(20)])
    yield "20 images of 500 kB", (drawn, maker.rerun(drawn, maker.image))
    tables = maker.notebook([maker.cell(*(maker.table() for _ in range(10)))])
    yield "10 tables of 10 kB in a cell", (tables, maker.rerun(tables, maker.table))
    wide = maker.notebook([maker.cell(maker.table()) for _ in range(100)])
    yield "100 cells with tables, re-run", (wide, maker.rerun(wide, maker.table))
