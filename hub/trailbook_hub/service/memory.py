"""What the service has of memory and does not use goes back, and is looked for at a good time."""

import ctypes
import gc

_TRIM, _MMAP, _ARENAS = -1, -3, -8  # of glibc's <malloc.h>
_LARGE = 256 << 10

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 1_000
"""After how many new objects, and collections of each kind, Python looks for those that refer to
each other and that nobody else has. Its own 700, 10 and 10 let it look at everything each five
seconds of load, for 0.2 to 0.6 s in which nothing else works, and it found next to nothing."""


def give_back() -> None:
    """Set before there are threads: glibc would keep what each of them has once needed.

    Each thread gets a part of memory of its own, in which what was freed stays behind what was not;
    and after the first large piece is freed, all up to its size (32 MB at most) are kept too.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # another libc has its own ways
        mallopt(_ARENAS, 2)
        mallopt(_MMAP, _LARGE)
        mallopt(_TRIM, _LARGE)


def look_seldom() -> None:
    """Called when all is there that stays as long as the service: nobody looks at that again.

    What else lives long (content at hand, connections) is looked at after 200 million new objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
