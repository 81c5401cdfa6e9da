"""The diff page in Chromium, beside nbdime's own widget with the same data in the same browser.

    python tests/benchmarks/bench_diff_page.py [--cells 500] [--rounds 5]

The real pages and the real differ; one cell in ten is edited, and its outputs change. Prints
medians: when, since the data came, the first changed cell is drawn, when the page can be used
(each changed cell has its room, and those in the window are drawn) and when all is drawn; the
longest task while the page is scrolled to its end; the compressed bytes of script it asks for.
nbdime's widget is bundled for the occasion (`npx esbuild`) and drawn on the same page.
"""

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

import desk
import pictures
from conftest import find_browser

ROOT = Path(__file__).parents[2]
WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const { duration } of list.getEntries()) {
    window.longest = Math.max(window.longest, duration);
  }
}).observe({ type: 'longtask', buffered: true });
window.seen = {};
const note = () => {
  const room = document.getElementById('diff');
  if (!window.seen.first && room?.querySelector('.tb-Diff-cell .cm-content')) {
    requestAnimationFrame(() => (window.seen.first ??= performance.now()));
  }
  const cells = [...(room?.querySelectorAll('.tb-Diff-cell') ?? [])];
  const drawn = cells.every(
    cell => cell.getBoundingClientRect().top > innerHeight || cell.querySelector('.cm-content')
  );
  if (!window.seen.usable && drawn && cells.length > 0 && cells.length === CHANGED) {
    window.seen.usable = performance.now();
  }
  if (!window.seen.all && room && !room.hasAttribute('aria-busy')) {
    window.seen.all = performance.now();
  }
};
new MutationObserver(note).observe(document, {
  attributes: true, childList: true, subtree: true
});
"""
TIMES = """() => {
  const data = performance.getEntriesByType('resource').find(e => e.name.includes('/api/diff'));
  return {
    first: seen.first - data.responseEnd, usable: seen.usable - data.responseEnd,
    all: seen.all - data.responseEnd
  };
}"""


def is_edited(n: int) -> bool:
    """One cell in ten, of those with a table and of those with a plot."""
    return n % 20 in (0, 15)


def cell(n: int, *, edited: bool) -> dict[str, Any]:
    """A cell of ten lines with a number, and with a table or a plot here and there."""
    lines = [f"value_{n}_{line} = compute({n}, {line})" for line in range(10)]
    if edited:
        lines[4] = f"value_{n}_4 = compute_better({n}, 4)"
    score = 0.5 + n / 1000 + (0.01 if edited else 0)
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": f"auc {score:.3f}\n"}
    ]
    if n % 10 == 5:
        plot = pictures.bars(level=60 + 20 * edited)
        outputs.append(shown("image/png", plot))
    if n % 10 == 0:
        rows = "".join(f"<tr><th>{r}</th><td>{r * score:.2f}</td></tr>" for r in range(20))
        outputs.append(shown("text/html", f"<table><tr><th></th><th>a</th></tr>{rows}</table>"))
    return {
        "cell_type": "code",
        "id": f"c{n}",
        "metadata": {},
        "source": "\n".join(lines),
        "execution_count": n,
        "outputs": outputs,
    }


def shown(mime: str, content: str) -> dict[str, Any]:
    """An output that shows something."""
    return {"output_type": "display_data", "metadata": {}, "data": {mime: content}}


def opened(browser: Browser, service: desk.Service, changed: int) -> Page:
    """A page in a context of its own, whose policy lets the other widget's script in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    context.add_cookies([{"name": "who", "value": "carol", "url": service.origin}])
    page = context.new_page()
    page.add_init_script(WATCH.replace("CHANGED", str(changed)))
    return page


def ours(browser: Browser, service: desk.Service, query: str, changed: int) -> dict[str, float]:
    """Milliseconds of one visit, and bytes of script."""
    page = opened(browser, service, changed)
    scripts: list[int] = []
    page.on(
        "response",
        lambda answer: (
            answer.request.resource_type == "script"
            and scripts.append(len(gzip.compress(answer.body())))
        ),
    )
    page.goto(f"{service.url}diff?{query}")
    page.wait_for_function("seen.first && seen.all")
    found: dict[str, float] = page.evaluate(TIMES)
    found["drawing"] = page.evaluate("longest")
    found["script"] = sum(scripts)
    page.evaluate("longest = 0")
    page.mouse.move(640, 500)
    height = page.evaluate("document.documentElement.scrollHeight")
    for _ in range(0, height, 600):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(40)
    page.wait_for_timeout(300)
    found["scrolling"] = page.evaluate("longest")
    page.context.close()
    return found


def stock(browser: Browser, service: desk.Service, query: str, script: str) -> dict[str, float]:
    """Milliseconds of nbdime's widget with the same data."""
    page = opened(browser, service, -1)
    page.goto(f"{service.url}diff?{query}")
    page.wait_for_function("seen.all")
    page.add_script_tag(content=script)
    found: dict[str, float] = page.evaluate("address => stock(address)", f"api/diff?{query}")
    page.context.close()
    return found


def bundled(folder: Path) -> str:
    """nbdime's widget and all that it needs, as one script."""
    out = folder / "stock.js"
    here = Path(__file__).with_name("stockdiff.mjs")
    empty = [f"--loader:.{kind}=empty" for kind in ("css", "svg", "woff", "woff2", "ttf", "eot")]
    command = ["npx", "esbuild", here, "--bundle", "--minify", f"--outfile={out}", *empty]
    more = ["--define:global=globalThis", "--log-level=error"]
    subprocess.run([*command, *more], cwd=ROOT, check=True)
    return out.read_text()


def main() -> None:
    """Build, measure in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        service = desk.Service(desk.Team(Path(folder)))
        trail = service.team.trail("bob", "large.ipynb", service.team.project)
        before = [cell(n, edited=False) for n in range(options.cells)]
        after = [cell(n, edited=is_edited(n)) for n in range(options.cells)]
        versions = trail.save(before), trail.save(after)
        query = f"base={versions[0]}&target={versions[1]}"
        script = bundled(Path(folder))
        browser = driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        mine: list[dict[str, float]] = []
        theirs: list[dict[str, float]] = []
        for _ in range(options.rounds):
            changed = sum(map(is_edited, range(options.cells)))
            mine.append(ours(browser, service, query, changed))
            theirs.append(stock(browser, service, query, script))
        browser.close()
        service.close()

    def middle(runs: list[dict[str, float]], what: str) -> float:
        return statistics.median(run[what] for run in runs)

    print(f"page to be used after {middle(mine, 'usable'):.0f} ms")
    for what, words in (("first", "first changed cell"), ("all", "all of it")):
        us, them = middle(mine, what), middle(theirs, what)
        print(f"{words}: {us:.0f} ms, nbdime's widget {them:.0f} ms, {them / us:.1f} times")
    print(f"longest task while drawing {middle(mine, 'drawing'):.0f} ms", end=", ")
    print(f"while scrolling {middle(mine, 'scrolling'):.0f} ms")
    print(f"compressed script of the page: {middle(mine, 'script') / 1000:.0f} kB")


if __name__ == "__main__":
    main()
