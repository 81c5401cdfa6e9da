"""Content told as another with stretches replaced: what an edit in a few places comes to.

Written and read in microseconds, where a compressor needs thirty or more. A splice has one stretch:
two numbers say how much of the beginning and of the end is the base's; what stands between follows.
A patch has several, one after the other: how much of the base is kept, how much of it is left out,
how much is new, and that; behind the last one the base goes on to its end.
"""

_LONGEST = 10  # bytes of a number
_WINDOW = 16  # bytes that are found again where both go on as the same
_TRIED = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_AROUND = 512  # bytes of the base in which they are looked for


def splice(base: bytes, content: bytes) -> bytes:
    """The content as a stretch of its own between the beginning and the end of the base."""
    front, back = same_ends(base, content)
    return _number(front) + _number(back) + content[front : len(content) - back]


def unsplice(base: bytes, data: bytes) -> bytes:
    """The content again. Raises ValueError for what `splice` did not make of this base."""
    front, place = _read(data, 0)
    back, place = _read(data, place)
    if front + back > len(base):
        raise ValueError("a stretch longer than its base")
    return b"".join((base[:front], data[place:], base[len(base) - back :]))


def patch(base: bytes, content: bytes, most: int) -> bytes | None:
    """The content as the base with stretches replaced; None where it takes more than `most`."""
    front, back = same_ends(base, content)
    base_end, end = len(base) - back, len(content) - back
    told = bytearray()
    kept, old, new = front, front, front
    while old < base_end or new < end:
        skipped, added = _resume(base, old, base_end, content, new, end)
        told += _number(kept) + _number(skipped) + _number(added)
        if len(told) + added > most:
            return None
        told += content[new : new + added]
        old += skipped
        new += added
        kept = _same_front(base, old, content, new, min(base_end - old, end - new))
        old += kept
        new += kept
    return bytes(told)


def unpatch(base: bytes, data: bytes) -> bytes:
    """The content again. Raises ValueError for what `patch` did not make of this base."""
    pieces: list[bytes] = []
    old = place = 0
    while place < len(data):
        kept, place = _read(data, place)
        skipped, place = _read(data, place)
        added, place = _read(data, place)
        pieces += (base[old : old + kept], data[place : place + added])
        old += kept + skipped
        place += added
    if old > len(base) or place > len(data):
        raise ValueError("a stretch longer than its base")
    pieces.append(base[old:])
    return b"".join(pieces)


def same_ends(one: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes are the same at the beginning, and of the others at the end."""
    most = min(len(one), len(other))
    front = _same_front(one, 0, other, 0, most)
    return front, _same_back(one, other, most - front)


def _resume(
    base: bytes, old: int, base_end: int, content: bytes, new: int, end: int
) -> tuple[int, int]:
    """How much of the base is left out, and how much is new, until both go on as the same."""
    for added in _TRIED:
        start = new + added
        if start + _WINDOW > end:
            break
        window = content[start : start + _WINDOW]
        found = base.find(window, old, min(base_end, old + added + _AROUND))
        if found >= 0:
            while added and found > old and base[found - 1] == content[new + added - 1]:
                found -= 1
                added -= 1
            return found - old, added
    return base_end - old, end - new


def _same_front(one: bytes, start: int, other: bytes, begin: int, most: int) -> int:
    """How many bytes are the same from two places on, `most` at most."""
    low, step = 0, 64
    while (
        low < most
        and one[start + low : start + low + step] == other[begin + low : begin + low + step]
    ):
        low += step
        step *= 2
    if low >= most:
        return most
    high = min(low + step, most)
    while low < high:
        middle = (low + high + 1) // 2
        if one[start + low : start + middle] == other[begin + low : begin + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _same_back(one: bytes, other: bytes, most: int) -> int:
    """How many bytes are the same at the end, `most` at most."""
    last, end = len(one), len(other)
    low, step = 0, 64
    while low < most:
        high = min(low + step, most)
        if one[last - high : last - low] != other[end - high : end - low]:
            break
        low, step = high, 2 * step
    if low >= most:
        return most
    while low < high:
        middle = (low + high + 1) // 2
        if one[last - middle : last - low] == other[end - middle : end - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _number(value: int) -> bytes:
    """A number in as few bytes as it needs, seven bits in each."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _read(data: bytes, place: int) -> tuple[int, int]:
    """The number that begins at this place, and the place behind it."""
    value = shift = 0
    for byte in data[place : place + _LONGEST]:
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("a number without an end")
