"""Writes docs/reference from the code: `make docs`. A test fails when it is stale.

Settings, errors, commands and routes are explained where they are defined, and nowhere else.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from traitlets import HasTraits, TraitType

import trailbook
import trailbook_hub
from trailbook.errors import TrailbookError
from trailbook_hub.profiles import Profile
from trailbook_hub.settings import Settings

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code: change it there. -->\n"
VARIABLE = re.compile(r"TRAILBOOK_[A-Z][A-Z_]*[A-Z]")


def modules() -> Iterator[ModuleType]:
    """Every module of both packages; programs and migrations run when they are imported."""
    for package in (trailbook, trailbook_hub):
        yield package
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if (
                not found.name.endswith(("__main__", ".migrations.env"))
                and "versions" not in found.name
            ):
                yield importlib.import_module(found.name)


def ours(base: type) -> list[type]:
    """All classes of both packages that derive from `base`, by name."""
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, base)
        if value.__module__.split(".")[0] in ("trailbook", "trailbook_hub")
    }
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


def paragraphs(text: str | None) -> str:
    """A whole docstring or help text, without its indentation."""
    return inspect.cleandoc(text or "").replace("\b\n", "").strip()


# --- errors ------------------------------------------------------------------------------


def errors() -> str:
    """Each error that is raised on purpose."""
    lines = [
        "# Errors",
        MADE,
        'The API answers an error as `{"code": "…", "message": "…"}` with this status.',
        "The message is a sentence for people; programs look at the code.\n",
    ]
    for error in sorted(ours(TrailbookError), key=lambda one: one.code):
        lines += [f"## {error.code}\n", f"Status {error.status}. {sentence(error.__doc__)}\n"]
    return "\n".join(lines)


# --- settings ----------------------------------------------------------------------------


def settings() -> str:
    """Each trait that can be configured, and each variable of the environment."""
    lines = [
        "# Settings",
        MADE,
        "A workspace is set up by `configure(c, …)` in a JupyterHub configuration file; its traits",
        "and those of a server are set as `c.Class.name`.\n",
    ]
    for section in (Settings, Profile):
        lines += [f"## {section.__name__}\n", f"{sentence(section.__doc__)}\n"]
        for name, (default, words) in fields(section).items():
            lines += [f"### {section.__name__}.{name}\n", f"{default}{words}\n"]
    for section in ours(HasTraits):
        traits = section.class_own_traits(config=True)
        if not traits:
            continue
        lines += [f"## {section.__name__}\n", f"{sentence(section.__doc__)}\n"]
        for name, trait in sorted(traits.items()):
            lines += [
                f"### c.{section.__name__}.{name}\n",
                kind(trait),
                f"{paragraphs(trait.help)}\n",
            ]
    lines += ["## Environment variables\n"]
    for name, files in sorted(variables().items()):
        lines += [f"### {name}\n", f"Read or set in {', '.join(f'`{file}`' for file in files)}.\n"]
    return "\n".join(lines)


def fields(section: type) -> dict[str, tuple[str, str]]:
    """The fields of a dataclass: default, and the words below or beside it in the source."""
    source = inspect.getsource(section)
    body = next(one.body for one in ast.parse(source).body if isinstance(one, ast.ClassDef))
    found = {}
    for field, following in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(field, ast.AnnAssign):
            default = f"Default `{ast.unparse(field.value)}`.\n\n" if field.value else ""
            words = source.splitlines()[field.lineno - 1].partition("# ")[2]
            if isinstance(following, ast.Expr):
                words = paragraphs(ast.literal_eval(following.value))
            found[ast.unparse(field.target)] = (default, words)
    return found


def kind(trait: TraitType[Any, Any]) -> str:
    """What a trait holds, and what when nobody sets it."""
    default = trait.default_value_repr()
    return f"{type(trait).__name__}, default `{default}`.\n"


def variables() -> dict[str, list[str]]:
    """The variables of the environment, and where the code speaks of them."""
    found: dict[str, list[str]] = {}
    for folder in ("extensions/trailbook", "hub/trailbook_hub"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for name in sorted(set(VARIABLE.findall(path.read_text()))):
                found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


# --- commands ----------------------------------------------------------------------------


def commands() -> str:
    """Each command with its help, as `--help` prints it."""
    from trailbook.cli import main

    lines = ["# Commands", MADE]
    for context in walk(main.make_context("trailbook", [], resilient_parsing=True)):
        help_text = context.command.get_help(context)
        lines += [f"## {context.command_path}\n", "```text", help_text, "```\n"]
    return "\n".join(lines)


def walk(context: click.Context) -> Iterator[click.Context]:
    """A command as it is called, and all below it."""
    context.terminal_width = 88
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from walk(click.Context(below, context, name, **below.context_settings))


# --- routes ------------------------------------------------------------------------------


def routes() -> str:
    """Each route of the API, from its description."""
    description = json.loads((REFERENCE / "openapi.json").read_text())
    lines = [
        "# API",
        MADE,
        "The same routes are served by the hub's service under `/services/trailbook/api/` and by",
        "each Jupyter server under `/trailbook/api/`. [openapi.json](openapi.json) is the full",
        "description.\n",
    ]
    for path, verbs in sorted(description["paths"].items()):
        for verb, operation in verbs.items():
            if verb in ("get", "put", "post", "patch", "delete"):
                words = operation.get("description") or operation.get("summary", "")
                lines += [f"## {verb.upper()} {path.lstrip('/')}\n", f"{paragraphs(words)}\n"]
    return "\n".join(lines)


PAGES = {"errors.md": errors, "settings.md": settings, "cli.md": commands, "api.md": routes}


def rendered(page: str) -> str:
    """A page of the reference as the code says it should be."""
    return PAGES[page]().rstrip() + "\n"


if __name__ == "__main__":
    for name in PAGES:
        (REFERENCE / name).write_text(rendered(name))
        print(f"docs/reference/{name}")
