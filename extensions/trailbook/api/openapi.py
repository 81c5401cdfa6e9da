"""The API's description, made from the route table and the verbs' signatures.

`python -m trailbook.api.openapi > docs/reference/openapi.json` writes it; the TypeScript types
are made from that file.
"""

import inspect
import json
import re
import sys
from typing import Any

import msgspec

from .base import Resource
from .verbs import Content, Verb

METHODS = ("get", "post", "put", "patch", "delete")

Found = list[tuple[str, str, Verb]]


class Problem(msgspec.Struct, kw_only=True):
    """What went wrong; `code` is for programs, `message` a sentence for people."""

    code: str
    message: str


def verbs(routes: list[tuple[str, type[Resource]]]) -> Found:
    """Every verb of every route."""
    return [
        (pattern, method, getattr(resource, method).verb)
        for pattern, resource in routes
        for method in METHODS
        if hasattr(getattr(resource, method), "verb")
    ]


def description(routes: list[tuple[str, type[Resource]]]) -> dict[str, Any]:
    """The whole API in OpenAPI 3.1."""
    found = verbs(routes)
    types = [Problem]
    for _, _, verb in found:
        types += [of for of in (verb.body, verb.answers) if of not in (None, Content)]
        types += [field.type for field in query_fields(verb)]
        types += [of for _, of in verb.path]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    require_what_is_always_there(components, found)
    for component in components.values():
        if "description" in component:  # a docstring, whose indent is not there from 3.13 on
            component["description"] = inspect.cleandoc(component["description"])
    schema_of = {id(of): schema for of, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for pattern, method, verb in found:
        paths.setdefault(f"/{pattern}", {})[method] = operation(verb, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trailbook", "version": "1", "license": {"name": "BSD-3-Clause"}},
        "servers": [{"url": "/services/trailbook/api"}, {"url": "/trailbook/api"}],
        "paths": paths,
        "components": {"schemas": components},
    }


def require_what_is_always_there(components: dict[str, Any], found: Found) -> None:
    """An answer in JSON has all its fields, defaults included; only a request may omit some."""
    may_omit = [of for _, _, verb in found for of in (verb.body,) if of is not None]
    may_omit += [verb.answers for _, _, verb in found if verb.packed]
    _, omitting = msgspec.json.schema_components(may_omit)
    for name in components.keys() - omitting.keys():
        if "properties" in components[name]:
            components[name]["required"] = list(components[name]["properties"])


def query_fields(verb: Verb) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The query's arguments."""
    return () if verb.query is None else msgspec.structs.fields(verb.query)


def operation(verb: Verb, schema_of: dict[int, Any]) -> dict[str, Any]:
    """One verb of one route."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema_of[id(of)]}
        for name, of in verb.path
    ] + [
        {
            "name": field.name,
            "in": "query",
            "required": field.required,
            "schema": schema_of[id(field.type)],
        }
        for field in query_fields(verb)
    ]
    described: dict[str, Any] = {"summary": re.sub(r"\s+", " ", verb.says)}
    if parameters:
        described["parameters"] = parameters
    mime = "application/msgpack" if verb.packed else "application/json"
    if verb.body is not None:
        content = {mime: {"schema": schema_of[id(verb.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {
        str(verb.status): answer(verb, mime, schema_of),
        "default": {
            "description": "What went wrong.",
            "content": {"application/json": {"schema": schema_of[id(Problem)]}},
        },
    }
    return described


def answer(verb: Verb, mime: str, schema_of: dict[int, Any]) -> dict[str, Any]:
    """What a verb answers when all is well."""
    if verb.answers is None:
        return {"description": "Done."}
    if verb.answers is Content:
        binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
        return {"description": "The bytes.", "content": {"*/*": binary}}
    return {
        "description": "The answer.",
        "content": {mime: {"schema": schema_of[id(verb.answers)]}},
    }


def text() -> str:
    """The description as it is kept in the documentation."""
    from . import ROUTES

    return json.dumps(description(ROUTES), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
