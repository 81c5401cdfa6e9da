"""What a cell's source tells of a run: the data that it names.

Read from the source alone and never run, so it tells what is named literally; a name that is put
together while the cell runs is not found.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

READ, WRITTEN = "read", "written"

LONGEST_SOURCE = 200_000
LONGEST_PATH = 1_000
MOST_DATA = 100


class DataName(NamedTuple):
    """A data file that a source names, or with `*` and `?` several."""

    path: str
    role: str
    is_pattern: bool = False


class Facets(msgspec.Struct, frozen=True):
    """What the source of one cell tells."""

    data: list[DataName] = []


def facets(source: str, language: str) -> Facets:
    """What this source tells; nothing of a language that is not known here."""
    read = {"python": _python, "r": _r}.get(language.lower())
    if read is None or len(source) > LONGEST_SOURCE:
        return Facets()
    try:
        named = dict.fromkeys(name for name in read(source) if _is_path(name.path))
    except RecursionError:  # nested deeper than anybody writes
        return Facets()
    return Facets(data=list(named)[:MOST_DATA])


def _is_path(text: str) -> bool:
    """Whether a text can be the name of a file; readers also take the content itself."""
    inside = len(text.strip()) > 0 and len(text) <= LONGEST_PATH and text[0] not in "{[<"
    return inside and not any(char in text for char in "\n\r\0")


# -- Python ------------------------------------------------------------------------------------

_READS = re.compile(
    r"(read|scan)_(csv|table|fwf|excel|json|ndjson|parquet|feather|orc|pickle|hdf|stata|sas|spss"
    r"|xml|html|ipc|avro|delta|file|database_file)"
    r"|loadtxt|genfromtxt|fromfile|imread|open_dataset|open_dataarray|open_zarr|loadmat|load_npz"
)
_WRITES = re.compile(
    r"(to|write|sink)_(csv|excel|json|ndjson|parquet|feather|orc|pickle|hdf|stata|xml|html|ipc|avro"
    r"|delta|netcdf|zarr|file|markdown|latex)"
    r"|savetxt|savez|savez_compressed|tofile|savefig|imwrite|imsave|savemat|save_npz"
)
_WRITES_SECOND = {("joblib", "dump"), ("torch", "save")}
_MODULES_READ = {"np", "numpy", "joblib", "torch", "Image"}
_OF_PATHS = {
    "read_text": (READ,),
    "read_bytes": (READ,),
    "write_text": (WRITTEN,),
    "write_bytes": (WRITTEN,),
}
_BOTH = {("sqlite3", "connect"), ("duckdb", "connect")}
_KEYWORDS = {
    "filepath_or_buffer", "path_or_buf", "path", "io", "file", "filename", "fname", "filepath",
    "source", "path_or_buffer", "excel_writer", "database", "name",
}  # fmt: skip
_NAMES = re.compile(r"[\w, ]+")
_HELP = re.compile(r"[\w.]+\?{1,2}")
_HARMLESS = re.compile(r"%%(time|timeit|capture|prun|memit)\b.*\n?")


def _python(source: str) -> Iterator[DataName]:
    source = _HARMLESS.sub("", source, count=1) if source.startswith("%%") else source
    if source.startswith("%%"):
        return  # another language
    plain = "\n".join(map(_without_magic, source.split("\n")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cell's odd escapes are its author's
            tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _tolerant(plain)
        return
    known = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, known)


def _without_magic(line: str) -> str:
    """A line of Python, or `pass` in place of one that only IPython understands."""
    said = line.lstrip()
    names, given, rest = said.partition("=")
    is_magic = said.startswith(("%", "!", "?")) or _HELP.fullmatch(said)
    if is_magic or (given and rest.lstrip().startswith(("%", "!")) and _NAMES.fullmatch(names)):
        return f"{line[: len(line) - len(said)]}pass"
    return line


def _constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that this cell gives a path once; what it gives another later is not known."""
    found: dict[str, str | None] = {}
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For):
            targets = [node.target]
        value = getattr(node, "value", None) if isinstance(node, ast.Assign) else None
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    again = name.id in found
                    found[name.id] = None if again or value is None else _text(value, {})
    yield from ((name, text) for name, text in found.items() if text is not None)


def _text(node: ast.expr | None, known: dict[str, str]) -> str | None:
    """The path that an expression stands for, if it says so by itself."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return known.get(name)
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _joined([_text(left, known), _text(right, known)])
        case ast.Call(func=function, args=arguments) if _last(function) in {"Path", "join"}:
            if not arguments and _last(function) == "Path":
                return "."
            return _joined([_text(argument, known) for argument in arguments])
    return None


def _joined(parts: list[str | None]) -> str | None:
    path = ""
    for part in parts:
        if part is None:
            return None
        path = part if part.startswith("/") or not path else f"{path.rstrip('/')}/{part}"
    return path or None


def _last(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _owner(function: ast.expr) -> ast.expr | None:
    return function.value if isinstance(function, ast.Attribute) else None


def _call(call: ast.Call, known: dict[str, str]) -> Iterator[DataName]:
    name, owner = _last(call.func), _owner(call.func)
    module = owner.id if isinstance(owner, ast.Name) else ""
    if name in {"glob", "iglob", "rglob"}:
        yield from _glob(call, known, name)
        return
    own = None if owner is None else _text(owner, known)
    if own is not None and (name in _OF_PATHS or name == "open"):
        roles = _OF_PATHS.get(name) or _roles_of_mode(call, 0)
        yield from (DataName(own, role) for role in roles)
        return
    place, roles = _named(call, name, module)
    path = _text(_argument(call, place), known) if roles else None
    if path is not None:
        yield from (DataName(path, role) for role in roles)


def _named(call: ast.Call, name: str, module: str) -> tuple[int, tuple[str, ...]]:
    """Which argument of a function is a file's name, and what happens to the file."""
    if (module, name) in _WRITES_SECOND:
        return 1, (WRITTEN,)
    if (module, name) in _BOTH:
        return 0, (READ, WRITTEN)
    if name == "File" or (name == "open" and module in {"", "io", "gzip", "bz2", "lzma", "codecs"}):
        return 0, _roles_of_mode(call, 1)
    if _READS.fullmatch(name) or (name in {"load", "open"} and module in _MODULES_READ):
        return 0, (READ,)
    if _WRITES.fullmatch(name) or (name == "save" and module in {"np", "numpy"}):
        return 0, (WRITTEN,)
    return 0, ()


def _argument(call: ast.Call, place: int) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((k.value for k in call.keywords if k.arg in _KEYWORDS), None)


def _roles_of_mode(call: ast.Call, place: int) -> tuple[str, ...]:
    given = call.args[place] if len(call.args) > place else None
    given = next((k.value for k in call.keywords if k.arg == "mode"), given)
    mode = given.value if isinstance(given, ast.Constant) else "r"
    if not isinstance(mode, str):
        return (READ,)
    if "+" in mode and "r" in mode:
        return (READ, WRITTEN)
    return (WRITTEN,) if set(mode) & set("wax") else (READ,)


def _glob(call: ast.Call, known: dict[str, str], name: str) -> Iterator[DataName]:
    pattern = _text(_argument(call, 0), known)
    if pattern is None:
        return
    owner = _owner(call.func)
    folder = None if owner is None else _text(owner, known)
    if name == "rglob":
        pattern = f"**/{pattern}"
    if folder is not None:
        pattern = f"{folder.rstrip('/')}/{pattern}"
    yield DataName(pattern, READ, is_pattern=True)


# A word is looked at from its beginning only: cells hold long ones, of which all are digits.
_CALL = re.compile(r"(?<!\w)(?:(\w+)\s*\.\s*)?(\w+)\(\s*[rbuf]?(['\"])([^'\"\n]+)\3")


def _tolerant(source: str) -> Iterator[DataName]:
    """What can be seen in a cell that is no Python, or not yet."""
    for module, name, _, path in _CALL.findall(source):
        if _READS.fullmatch(name) or (name == "load" and module in _MODULES_READ):
            yield DataName(path, READ)
        elif _WRITES.fullmatch(name):
            yield DataName(path, WRITTEN)


# -- R -----------------------------------------------------------------------------------------

_R_FILE = r"(?:(?:file|path|filename)\s*=\s*)?"
_R_READS = re.compile(
    r"\b(?:read[._](?:csv2?|table|delim2?|tsv|excel|xlsx?|parquet|feather|dta|sav|rds|lines|fwf)"
    rf"|readRDS|readLines|fread|load|scan|arrow::open_dataset)\(\s*{_R_FILE}(['\"])([^'\"\n]+)\1"
)
_R_WRITES = re.compile(
    r"\b(?:write[._](?:csv2?|table|tsv|delim|xlsx|parquet|feather|dta|rds|lines)|saveRDS|save|fwrite"
    rf"|writeLines)\([^()\n]*?(?:\([^()\n]*\)[^()\n]*?)*,\s*{_R_FILE}(['\"])([^'\"\n]+)\1"
)
_R_MAKES = re.compile(rf"\b(?:ggsave|png|pdf|jpeg|svg|tiff)\(\s*{_R_FILE}(['\"])([^'\"\n]+)\1")
_R_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)


def _r(source: str) -> Iterator[DataName]:
    plain = _R_COMMENT.sub("", source)
    for pattern, role in ((_R_READS, READ), (_R_WRITES, WRITTEN), (_R_MAKES, WRITTEN)):
        for _, path in pattern.findall(plain):
            yield DataName(path, role)
