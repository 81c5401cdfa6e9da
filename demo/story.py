"""The story of the demo project: who, about what, and every move they make.

The question is real, the data set ships with scikit-learn, and every number in the trail comes
from running the moves in `moves/`, one file for each notebook. A block there begins with what
somebody does: writes (text), runs, deletes a cell; saves a file; notes something beside a run.
The same cell named again is the same cell, edited in place.
"""

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SLUG = "second-look"
NAME = "Second look (demo)"
PEOPLE = {"ada": "Ada", "bob": "Bob"}

CHARTER = {
    "problem": "Every biopsy is read by two pathologists. Most second readings confirm a benign "
    "first one, and patients wait for them.",
    "goal": "Spare the second reading where the cell measurements leave no doubt.",
    "success": "At least 80 % of the benign samples are spared, and at most 1 % of the malignant "
    "ones with them, in cross-validation.",
    "consumer": "The laboratory's scheduler, each evening, for the next day's list.",
    "simplest_solution": "A limit on one measurement. It spares about half: see notebook 1.",
    "formulation": "A score for each sample; below a limit the second look is spared. The limit "
    "leaves at most 1 % of the malignant samples below it.",
    "data_sources": "Breast Cancer Wisconsin (Diagnostic): 569 samples, 30 measurements of cell "
    "nuclei. It ships with scikit-learn as load_breast_cancer.",
    "time_line": "A demonstration: Ada and Bob are not real, and a script made their moves within "
    "a few minutes. What the runs show is what really came out.",
    "stage": "experimentation",
}

BLOCK = re.compile(
    r"^# %% (?P<who>\w+) (?P<verb>\w+) (?P<what>[^:\n]+)(?:: (?P<kind>[\w-]+))?\n", re.MULTILINE
)
COMMENTED = ("writes", "notes")


@dataclass(frozen=True)
class Move:
    """One thing that somebody does in a notebook."""

    notebook: str
    who: str
    verb: str  # writes · runs · deletes · saves · notes
    what: str  # the cell, or the file that is saved
    text: str
    kind: str  # of a note: note · why · dead-end · decision


def moves() -> list[Move]:
    """The whole story, in order."""
    return [move for path in sorted((HERE / "moves").glob("*.py")) for move in _read(path)]


def _read(path: Path) -> list[Move]:
    text = path.read_text()
    heads = list(BLOCK.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        _move(path, head, text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    ]


def _move(path: Path, head: re.Match[str], body: str) -> Move:
    verb, what = head["verb"], head["what"]
    if verb in COMMENTED:
        body = _uncommented(body)
    elif verb == "saves":
        body = (HERE / what).read_text()
    return Move(f"{path.stem}.ipynb", head["who"], verb, what, body, head["kind"] or "note")


def _uncommented(body: str) -> str:
    """The text of comment lines; lines of one paragraph are joined."""
    lines = [line.removeprefix("#").strip() for line in body.splitlines()]
    return re.sub(r"(?<!\n)\n(?!\n)", " ", "\n".join(lines))
