"""What the benchmarks share: interleaved arms, medians, and lines that say ratios."""

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence


def notebook_bytes(size: int) -> bytes:
    """A notebook of about this size as it lies on disk: half text, half images."""
    return (json.dumps(notebook(size), indent=1, ensure_ascii=False) + "\n").encode()


def notebook(size: int, seed: int = 0) -> dict:
    """A notebook of about this size on disk."""
    pick = random.Random(seed)  # noqa: S311
    cells, made = [], 0
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    while made < size:
        source = [f"value_{pick.random()} = compute({n})\n" for n in range(20)]
        text = [f"{pick.random():.6f}  {pick.random():.6f}\n" for _ in range(200)]
        image = "".join(pick.choices(alphabet, k=20_000)) if len(cells) % 2 else None
        outputs = [{"name": "stdout", "output_type": "stream", "text": text}]
        if image:
            outputs.append(
                {"data": {"image/png": image}, "metadata": {}, "output_type": "display_data"}
            )
        cells.append(
            {
                "cell_type": "code",
                "execution_count": len(cells),
                "id": f"cell-{len(cells)}",
                "metadata": {},
                "outputs": outputs,
                "source": source,
            }
        )
        made += sum(map(len, source)) + sum(map(len, text)) * 1.4 + len(image or "")
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def interleave(
    arms: Sequence[Callable[[int], None]],
    rounds: int,
    warm_up: int = 5,
    between: Callable[[], None] | None = None,
) -> list[list[float]]:
    """Milliseconds of each arm, called in turn in changing order, so that noise hits all alike.

    `between` is called before every call, so that no arm pays for what another has left behind.
    """
    taken: list[list[float]] = [[] for _ in arms]
    order = list(range(len(arms)))
    shuffle = random.Random(1)  # noqa: S311
    for n in range(-warm_up, rounds):
        shuffle.shuffle(order)
        for index in order:
            if between is not None:
                between()
            before = time.perf_counter()
            arms[index](n)
            if n >= 0:
                taken[index].append(1000 * (time.perf_counter() - before))
    return taken


def line(name: str, base: list[float], other: list[float]) -> str:
    """One line: medians, their ratio, and the tails."""
    middle, middle_other = statistics.median(base), statistics.median(other)
    return (
        f"{name:<28} {middle:8.2f} {middle_other:8.2f} ms   ratio {middle_other / middle:5.2f}"
        f"   difference {middle_other - middle:+7.2f} ms   p95 {p95(base):.2f} {p95(other):.2f}"
    )


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return sorted(taken)[int(0.95 * len(taken))]
