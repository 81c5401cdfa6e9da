"""The diff of two notebooks: exactly the answer of nbdime 4.0.4, found faster.

`notebook` says what is compared with what; `cells`, `outputs` and `text` know which parts belong
together; `alignment` finds the longest common sequence; `similarity` answers whether two texts
are alike; `budget` bounds the work; `entries` writes what differs; `moves` tells which cells
stand elsewhere.
"""

from .notebook import Outcome, notebook_diff

__all__ = ["Outcome", "notebook_diff"]
