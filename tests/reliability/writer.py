"""A store that is written to in a process of its own; each answer is one line on its output."""

from pathlib import Path

CODE = Path(__file__).with_name("writing.py").read_text()
WORK = (
    CODE
    + """
from trailbook.store.sql import SqlStore
try:
    store = SqlStore.open(sys.argv[1] + "/trailbook.sqlite")
    writer = Writer(store, "ada")
    for n in range(START, START + ROUNDS):
        for do in (lambda: writer.save(notebook(n)), lambda: writer.run(f"x = {n}")):
            try:
                do()
            except Exception as error:
                print(type(error).__name__, error, file=sys.stderr, flush=True)
                writer.sealer = Sealer()
    store.close()
except Exception as error:
    print(type(error).__name__, error, file=sys.stderr, flush=True)
"""
)


def work(rounds: int, start: int = 0) -> str:
    """Code that saves and runs in turn, each once."""
    return WORK.replace("ROUNDS", str(rounds)).replace("START", str(start))
