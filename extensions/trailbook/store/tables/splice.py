"""Content told as another with one stretch replaced: what an edit in one place comes to.

Two numbers say how much of the beginning and of the end is the base's; what stands between follows.
Written and read in a microsecond, where a compressor needs thirty.
"""


def splice(base: bytes, content: bytes) -> bytes:
    """The content as a stretch of its own between the beginning and the end of the base."""
    most = min(len(base), len(content))
    front = _common(base, content, most)
    back = _common(base[front:][::-1], content[front:][::-1], most - front)
    return _number(front) + _number(back) + content[front : len(content) - back]


def unsplice(base: bytes, data: bytes) -> bytes:
    """The content again. Raises ValueError for what `splice` did not make of this base."""
    front, rest = _read(data)
    back, middle = _read(rest)
    if front + back > len(base):
        raise ValueError("a stretch longer than its base")
    return base[:front] + middle + base[len(base) - back :]


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


def _read(data: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for place, byte in enumerate(data):
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, data[place + 1 :]
        shift += 7
        if shift > 63:
            break
    raise ValueError("a number without an end")
