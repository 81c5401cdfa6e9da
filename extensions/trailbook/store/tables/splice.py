"""Content told as another with one stretch replaced: what an edit in one place comes to.

Two numbers say how much of the beginning and of the end is the base's; what stands between follows.
Written and read in a microsecond, where a compressor needs thirty.
"""

_LONGEST = 10  # bytes of a number


def splice(base: bytes, content: bytes) -> bytes:
    """The content as a stretch of its own between the beginning and the end of the base."""
    most = min(len(base), len(content))
    front = _common(base, content, most)
    back = _common(base[front:][::-1], content[front:][::-1], most - front)
    return _number(front) + _number(back) + content[front : len(content) - back]


def unsplice(base: bytes, data: bytes) -> bytes:
    """The content again. Raises ValueError for what `splice` did not make of this base."""
    front, place = _read(data, 0)
    back, place = _read(data, place)
    if front + back > len(base):
        raise ValueError("a stretch longer than its base")
    return b"".join((base[:front], data[place:], base[len(base) - back :]))


def _common(one: bytes, other: bytes, most: int) -> int:
    """How many bytes are the same at the beginning, `most` at most."""
    low, step = 0, 64
    while low < most and one[low : low + step] == other[low : low + step]:
        low += step
        step *= 2
    if low >= most:
        return most
    high = min(low + step, most)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
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
