"""What the service has of memory and does not use goes back to the system."""

import ctypes

_TRIM, _MMAP, _ARENAS = -1, -3, -8  # of glibc's <malloc.h>
_LARGE = 256 << 10


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
