"""Several OpenAPI 3.1 documents made into one, as a pure function."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.gateway import routes

Json = dict[str, Any]

SCHEMA_REF: Final = "#/components/schemas/"
PROBLEM: Final = "Problem"
PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
_FRAMEWORK_ERRORS: Final = ("HTTPValidationError", "ValidationError")
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

PROBLEM_SCHEMA: Final[Json] = {
    "title": PROBLEM,
    "description": "A refusal as RFC 9457 describes it, with a stable code.",
    "type": "object",
    "required": ["type", "code", "title", "status", "detail", "instance", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:ssc:problem:not_found"]},
        "code": {"type": "string", "examples": ["not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {
            "type": "string",
            "description": "What happened, what it means and what to do next.",
        },
        "instance": {"type": "string"},
        "correlation_id": {"type": "string"},
    },
    "additionalProperties": True,
}


def merge(documents: Mapping[str, Json], *, public_url: str = "") -> Json:
    """One OpenAPI 3.1 document of everything that is reachable through the door.

    Only paths that the routing table leads to the very service that describes them are
    kept, and only the schemas those paths need. A schema that two services describe
    differently under one name stands once per service, prefixed with the service's name.

    Args:
        documents: each service's own document by service name. They are not changed.
        public_url: where the centre is reached; empty for wherever the document is.
    """
    reachable = {service: _reachable(service, document) for service, document in documents.items()}
    names = _schema_names(reachable)
    merged: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "Shared service centre",
            "version": "1",
            "description": "Everything the centre answers to agencies under /v1 and to its"
            " own staff under /ops/v1.",
        },
        "servers": [{"url": public_url or "/"}],
        "tags": [_tag(service, documents[service]) for service in reachable],
        "paths": {},
        "components": {
            "schemas": {PROBLEM: copy.deepcopy(PROBLEM_SCHEMA)},
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "description": "Client credentials (RFC 6749 section 4.4).",
                    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
                }
            },
        },
        "security": [{"oauth2": []}],
    }
    operation_ids: set[str] = set()
    for service, document in reachable.items():
        renamed = copy.deepcopy(document)
        _rewrite_refs(renamed, names[service])
        _add_paths(merged["paths"], renamed["paths"], service, operation_ids)
        for name, schema in renamed["schemas"].items():
            merged["components"]["schemas"][names[service][name]] = schema
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    return merged


def _tag(service: str, document: Json) -> Json:
    info = document.get("info", {})
    described = info.get("description") or info.get("title") or service
    return {"name": service, "description": described}


def _reachable(service: str, document: Json) -> Json:
    """The paths the door leads to this service, and the schemas they need."""
    paths: Json = {}
    for path, item in document.get("paths", {}).items():
        target = routes.find(path)
        if target is not None and target.service == service:
            paths[path] = _with_problems(item)
    schemas = document.get("components", {}).get("schemas", {})
    needed: Json = {}
    waiting = list(_refs(paths))
    while waiting:
        name = waiting.pop()
        if name in needed or name == PROBLEM or name not in schemas:
            continue
        needed[name] = schemas[name]
        waiting.extend(_refs(schemas[name]))
    return {"paths": paths, "schemas": dict(sorted(needed.items()))}


def _with_problems(item: Json) -> Json:
    """A path item whose refusals all show the one problem schema."""
    item = copy.deepcopy(item)
    problem = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMA_REF}{PROBLEM}"}}}
    for _, operation in _operations(item):
        responses = operation.setdefault("responses", {})
        for response in responses.values():
            # The framework describes a refusal of its own that is never answered here.
            if PROBLEM_MEDIA_TYPE in response.get("content", {}) or any(
                name in _FRAMEWORK_ERRORS for name in _refs(response)
            ):
                response["content"] = copy.deepcopy(problem)
        responses.setdefault(
            "default",
            {"description": "A refusal, as a problem.", "content": copy.deepcopy(problem)},
        )
    return item


def _schema_names(reachable: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """For each service, what each of its schemas is called in the merged document."""
    clashing = _clashing_names(reachable)
    names = {
        service: {
            name: f"{_pascal(service)}{name}" if name in clashing else name
            for name in document["schemas"]
        }
        for service, document in reachable.items()
    }
    _avoid_accidents(names, clashing)
    return names


def _clashing_names(reachable: Mapping[str, Json]) -> set[str]:
    """Names that mean different things in different services.

    Equal texts do not make equal schemas: one that refers to a clashing name means
    something else in each service too, so the search goes on until nothing is added.
    """
    users: dict[str, list[Json]] = {}
    for document in reachable.values():
        for name, schema in document["schemas"].items():
            users.setdefault(name, []).append(schema)
    shared = {name: schemas for name, schemas in users.items() if len(schemas) > 1}
    clashing = {
        name
        for name, schemas in shared.items()
        if any(schema != schemas[0] for schema in schemas[1:])
    }
    while True:
        more = {
            name
            for name, schemas in shared.items()
            if name not in clashing and any(ref in clashing for ref in _refs(schemas[0]))
        }
        if not more:
            return clashing
        clashing |= more


def _avoid_accidents(names: dict[str, dict[str, str]], clashing: set[str]) -> None:
    """See that a prefixed name does not happen to be another schema's own name."""
    plain = {name for service in names.values() for name in service} - clashing
    for service in names.values():
        for name in sorted(clashing & service.keys()):
            while service[name] in plain:
                service[name] += "_"


def _pascal(service: str) -> str:
    return service.title().replace("_", "")


def _add_paths(paths: Json, added: Json, service: str, operation_ids: set[str]) -> None:
    # The routing table gives each path to one service, so none is there already.
    paths.update(added)
    for item in added.values():
        for method, operation in _operations(item):
            operation["tags"] = [service]
            operation["security"] = [{"oauth2": []}]
            wanted = operation.get("operationId", method)
            unique = f"{service}_{wanted}" if wanted in operation_ids else wanted
            operation_ids.add(unique)
            operation["operationId"] = unique


def _operations(item: Json) -> Iterator[tuple[str, Json]]:
    for method in _METHODS:
        if method in item:
            yield method, item[method]


def _refs(node: Any) -> Iterator[str]:
    """Names of the schemas that a piece of a document refers to."""
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(SCHEMA_REF):
            yield ref.removeprefix(SCHEMA_REF)
        mapping = node.get("discriminator", {})
        if isinstance(mapping, dict) and isinstance(mapping.get("mapping"), dict):
            for target in mapping["mapping"].values():
                if isinstance(target, str) and target.startswith(SCHEMA_REF):
                    yield target.removeprefix(SCHEMA_REF)
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _rewrite_refs(node: Any, names: Mapping[str, str]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and value.startswith(SCHEMA_REF):
                name = value.removeprefix(SCHEMA_REF)
                node[key] = SCHEMA_REF + names.get(name, name)
            else:
                _rewrite_refs(value, names)
    elif isinstance(node, list):
        for value in node:
            _rewrite_refs(value, names)
