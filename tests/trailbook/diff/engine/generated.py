"""Random notebooks, and random work on them: everything that people do between two saves."""

import base64
import copy
import random
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]
Output = dict[str, Any]

CODE = "import frame model fit score plot mean data x y = ( ) [ ] . 0 1 2 for in if def return"
WORDS = CODE.split()


class Writer:
    """Writes notebooks; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  no secret is made of it

    def line(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(0, 9)))

    def text(self, longest: int = 12) -> str:
        lines = [self.line() for _ in range(self.random.randint(0, longest))]
        return "\n".join(lines) + self.random.choice(["", "\n"])

    def table(self) -> str:
        rows = range(self.random.randint(1, 20))
        return "".join(
            f"<tr><td>{n}</td><td>{self.random.choice([1, self.random.random()])}</td></tr>\n"
            for n in rows
        )

    def image(self) -> str:
        return base64.encodebytes(self.random.randbytes(self.random.choice([20, 60, 900]))).decode()

    def output(self) -> Output:
        kind = self.random.choice(["stream", "error", "text", "table", "image", "json", "pointer"])
        if kind == "stream":
            name = self.random.choice(["stdout", "stderr"])
            return {"output_type": "stream", "name": name, "text": self.text(40)}
        if kind == "error":
            traceback = [self.line() for _ in range(self.random.randint(0, 4))]
            name = self.random.choice(["KeyError", "ValueError"])
            return {
                "output_type": "error", "ename": name, "evalue": "x", "traceback": traceback
            }  # fmt: skip
        data: dict[str, Callable[[], Any]] = {
            "text": lambda: {"text/plain": self.text(3)},
            "table": lambda: {"text/plain": self.text(), "text/html": self.table()},
            "image": lambda: {"image/png": self.image(), "text/plain": "<Figure size 640x480>"},
            "json": lambda: {
                "application/json": {"a": [1, self.random.randint(0, 3)], "b": "x\ny"}
            },
            "pointer": lambda: {"text/plain": f"<a.B at 0x{self.random.getrandbits(44):012x}>"},
        }
        shown = {"metadata": {}, "data": data[kind]()}
        if self.random.random() < 0.5:
            return {"output_type": "display_data", **shown}
        count = self.random.randint(1, 99)
        return {"output_type": "execute_result", "execution_count": count, **shown}

    def cell(self) -> Cell:
        cell: Cell = {
            "id": f"{self.random.getrandbits(32):08x}",
            "cell_type": self.random.choice(["code", "code", "code", "markdown", "raw"]),
            "metadata": self.random.choice([{}, {"tags": ["a"]}, {"scrolled": True}]),
            "source": self.text(),
        }
        if cell["cell_type"] == "code":
            cell["execution_count"] = self.random.choice([None, self.random.randint(1, 99)])
            cell["outputs"] = [self.output() for _ in range(self.random.choice([0, 0, 1, 1, 2, 5]))]
        elif self.random.random() < 0.2:
            cell["attachments"] = {"a.png": {"image/png": self.image()}}
        return cell

    def notebook(self, cells: int = 12) -> Notebook:
        some = [self.cell() for _ in range(self.random.randint(0, cells))]
        return {
            "cells": some,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "P"},
                "authors": [{"name": "ada"}],
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def worked_on(self, notebook: Notebook, changes: int = 8) -> Notebook:
        """The notebook after some of what people do, in any order."""
        after = copy.deepcopy(notebook)
        ways = [
            self.edit, self.rerun, self.insert, self.remove, self.move, self.duplicate,
            self.retype, self.tag, self.lose_ids,
        ]  # fmt: skip
        weights = [6, 4, 3, 2, 2, 1, 1, 1, 0.3]
        for _ in range(self.random.randint(0, changes)):
            way = self.random.choices(ways, weights)[0]
            if after["cells"] or way == self.insert:
                way(after)
        return after

    def some(self, notebook: Notebook) -> Cell:
        cell: Cell = self.random.choice(notebook["cells"])
        return cell

    def edited(self, text: str) -> str:
        lines = text.split("\n")
        place = self.random.randrange(len(lines))
        change = self.random.random()
        if change < 0.3:
            lines.insert(place, self.line())
        elif change < 0.5:
            del lines[place]
        else:
            at = self.random.randint(0, len(lines[place]))
            lines[place] = lines[place][:at] + self.random.choice(WORDS) + lines[place][at + 1 :]
        return "\n".join(lines)

    def edit(self, notebook: Notebook) -> None:
        cell = self.some(notebook)
        cell["source"] = self.edited(cell["source"])

    def rerun(self, notebook: Notebook) -> None:
        everything = self.random.random() < 0.3
        for cell in notebook["cells"] if everything else [self.some(notebook)]:
            if cell["cell_type"] != "code":
                continue
            cell["execution_count"] = self.random.randint(1, 99)
            cell["outputs"] = [self.rerun_output(output) for output in cell["outputs"]]
            if self.random.random() < 0.2:
                cell["outputs"].insert(self.random.randint(0, len(cell["outputs"])), self.output())

    def rerun_output(self, output: Output) -> Output:
        if self.random.random() < 0.2:
            return self.output()
        if "text" in output:
            return {**output, "text": self.edited(output["text"])}
        if "data" in output:
            data = {
                kind: self.edited(value) if isinstance(value, str) else value
                for kind, value in output["data"].items()
            }
            return {**output, "data": data}
        return {**output, "traceback": [self.edited(line) for line in output["traceback"]]}

    def insert(self, notebook: Notebook) -> None:
        notebook["cells"].insert(self.random.randint(0, len(notebook["cells"])), self.cell())

    def remove(self, notebook: Notebook) -> None:
        del notebook["cells"][self.random.randrange(len(notebook["cells"]))]

    def move(self, notebook: Notebook) -> None:
        cells = notebook["cells"]
        cell = cells.pop(self.random.randrange(len(cells)))
        cells.insert(self.random.randint(0, len(cells)), cell)

    def duplicate(self, notebook: Notebook) -> None:
        notebook["cells"].append(copy.deepcopy(self.some(notebook)))

    def retype(self, notebook: Notebook) -> None:
        cell = self.some(notebook)
        for key in ("outputs", "execution_count", "attachments"):
            cell.pop(key, None)
        cell["cell_type"] = self.random.choice(["markdown", "raw"])

    def tag(self, notebook: Notebook) -> None:
        self.some(notebook)["metadata"] = {
            "tags": ["b"],
            "seen": [{"c": [1, self.random.randint(0, 9)]}],
        }
        notebook["metadata"]["authors"].append({"name": self.line()})

    def lose_ids(self, notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            cell.pop("id", None)
