"""Notebooks for the tests of the differ: one with everything in it, and ways to change it."""

import copy
import json
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def code(name: str, source: str, *outputs: Notebook, count: int | None = None) -> Notebook:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": [name]},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def stream(text: str, name: str = "stdout") -> Notebook:
    return {"output_type": "stream", "name": name, "text": text}


def result(count: int, **data: Any) -> Notebook:
    bundle = {mime.replace("_", "/", 1): value for mime, value in data.items()}
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "metadata": {},
        "data": bundle,
    }


def full() -> Notebook:
    return {
        "cells": [
            {
                "cell_type": "markdown",
                "id": "title",
                "metadata": {},
                "source": ["# Überschrift\n", "![x](attachment:x.png)"],
                "attachments": {"x.png": {"image/png": PIXEL}},
            },
            code("load", "import pandas\nframe = pandas.read_csv('a.csv')", count=1),
            code("plot", "plot(frame)", stream("drawn\n"), result(2, image_png=PIXEL), count=2),
            code(
                "fit",
                "fit(frame)",
                {
                    "output_type": "error",
                    "ename": "KeyError",
                    "evalue": "'tenure'",
                    "traceback": ["\x1b[31mKeyError\x1b[0m", "'tenure'"],
                },
                count=3,
            ),
            code("table", "frame", result(4, text_plain="a  b", text_html="<b>a</b>"), count=4),
            {"cell_type": "raw", "id": "rawcell", "metadata": {}, "source": "rest"},
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def changed(change: Callable[[Notebook], Any]) -> Notebook:
    notebook = copy.deepcopy(full())
    change(notebook)
    return notebook


def without_ids() -> Notebook:
    notebook = full()
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]
    return notebook


CHANGES: dict[str, Notebook] = {
    "nothing": full(),
    "empty": changed(lambda n: n["cells"].clear()),
    "source": changed(lambda n: n["cells"][1].update(source="import polars\nframe = 1")),
    "output": changed(lambda n: n["cells"][2]["outputs"][0].update(text="drawn twice\n")),
    "fixed": changed(lambda n: n["cells"][3].update(source="fit(f)", outputs=[stream("0.8")])),
    "moved": changed(lambda n: n["cells"].insert(0, n["cells"].pop(4))),
    "reversed": changed(lambda n: n["cells"].reverse()),
    "removed": changed(lambda n: n["cells"].pop(2)),
    "added": changed(lambda n: n["cells"].insert(2, code("new", "x = 1"))),
    "counts": changed(lambda n: [c.update(execution_count=9) for c in n["cells"][1:5]]),
    "metadata": changed(lambda n: n["metadata"].update(authors=["alice"])),
    "tags": changed(lambda n: n["cells"][1]["metadata"].update(tags=[])),
    "attachment": changed(lambda n: n["cells"][0].update(attachments={})),
    "type": changed(
        lambda n: n["cells"].__setitem__(
            5, {"cell_type": "markdown", "id": "rawcell", "metadata": {}, "source": "rest"}
        )
    ),
    "no ids": without_ids(),
    "twice": changed(lambda n: n["cells"].extend(copy.deepcopy(n["cells"][:2]))),
}


def raw(notebook: Notebook) -> bytes:
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode() + b"\n"


OLD: Notebook = {
    "metadata": {"name": "old"},
    "nbformat": 3,
    "nbformat_minor": 0,
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": ["print 1"],
                    "language": "python",
                    "metadata": {},
                    "outputs": [
                        {"output_type": "stream", "stream": "stdout", "text": ["1\n"]},
                        {"output_type": "pyout", "prompt_number": 1, "text": ["2"], "metadata": {}},
                    ],
                    "prompt_number": 1,
                },
            ],
        }
    ],
}
