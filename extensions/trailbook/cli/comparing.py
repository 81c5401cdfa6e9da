"""The difference of two notebooks as text."""

import io
import json

from ..diff import Options
from ..diff.worker import Request, reply_to
from ..errors import NotReadable
from .phrases import plain


def difference(base: bytes, target: bytes, options: Options) -> dict[str, object]:
    """What leads from one to the other, in nbdime's format.

    In this process: whoever asks here can end it. Raises NotReadable.
    """
    reply = reply_to(Request("exact", base, target, options))
    if reply.problem == "failed":
        reply = reply_to(Request("coarse", base, target, options))
    if reply.problem:
        raise NotReadable(reply.why or "it is too large or malformed")
    answer: dict[str, object] = json.loads(reply.body)
    return answer


def pretty(names: tuple[str, str], answer: dict[str, object], *, color: bool) -> str:
    """The difference for people, by nbdime's printer."""
    from nbdime.diff_utils import to_diffentry_dicts
    from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff
    from nbformat import from_dict

    out = io.StringIO()
    # Without git and diff: what is printed depends on nothing else that is installed here.
    config = PrettyPrintConfig(out=out, use_color=False, use_git=False, use_diff=False)
    diff = to_diffentry_dicts(answer["diff"])
    base = from_dict(answer["base"])  # type: ignore[no-untyped-call]
    pretty_print_notebook_diff(*names, base, diff, config)
    text = plain(out.getvalue())
    if answer["coarse"]:
        text += "\nSome of it is compared as a whole: in detail this pair takes too long.\n"
    return colored(text) if color else text


def colored(text: str) -> str:
    """Red for what was, green for what is, as people expect it."""
    colors = {"-": "\x1b[31m", "+": "\x1b[32m", "#": "\x1b[1m"}
    lines = [
        f"{colors[line[0]]}{line}\x1b[0m" if line[:1] in colors else line
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"
