"""The JSON Schemas, and what a document that does not fit them is told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .problems import Problem, did_you_mean, pointer, quoted

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

KINDS = ("base", "scales", "source", "facts", "conclusions", "rules", "responses", "safeguards", "cases", "charter")
SCHEMAS = (
    *(*KINDS, "evidence", "answer", "audit", "comparison", "explanation", "consultation", "lock", "outcome"),
    *("record", "replay"),
)
_SHARED = "common"
_FOLDER = os.path.join(os.path.dirname(__file__), "schemas")


@lru_cache
def _stored(name: str) -> Any:
    with open(os.path.join(_FOLDER, f"{name}.schema.json"), "rb") as stream:
        return json.load(stream)


def schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema (2020-12) by name, such as ``answer``, with all that it refers to inside.

    Raises KeyError for a name that is not there, with those that are.
    """
    if name not in SCHEMAS:
        remedy = did_you_mean(str(name), SCHEMAS, f"Choose one of: {', '.join(SCHEMAS)}.")
        raise KeyError(f"no schema {quoted(name)}. {remedy}")
    stored: dict[str, Any] = deepcopy(_stored(name))  # what is done to it is nobody else's matter
    shared = deepcopy(_stored(_SHARED))
    if shared["$id"] in json.dumps(stored):
        stored["$defs"] = {**stored.get("$defs", {}), _SHARED: shared}
    return stored


@lru_cache
def _validator(name: str) -> Validator:
    # jsonschema costs more to import than all the rest; only what checks a base should pay.
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    shared = _stored(_SHARED)
    known = Registry[Any]().with_resource(shared["$id"], Resource.from_contents(shared)).crawl()
    return Draft202012Validator(_stored(name), registry=known)


def shape_problems(file: str, document: Any) -> Iterator[Problem]:
    """Yield what keeps a document from the schema of its own kind."""
    if not isinstance(document, dict):
        yield Problem(file, "", "it is not a JSON object", "Give an object that says its `kind`.")
        return
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        wrong = f"unknown kind {quoted(kind)}" if kind is not None else "the document does not say its `kind`"
        remedy = did_you_mean(str(kind), KINDS, f"Give `kind` as one of: {', '.join(KINDS)}.")
        yield Problem(file, "/kind" if kind is not None else "", wrong, remedy)
        return
    yield from misfits(kind, file, document)


def misfits(name: str, file: str, document: Any) -> Iterator[Problem]:
    """Yield what keeps a document from the schema of this name, one of ``SCHEMAS``."""
    try:
        errors = list(_validator(name).iter_errors(document))
    except RecursionError:
        yield Problem(file, "", "it is nested too deeply", "Use fewer levels of brackets.")
        return
    for error in errors:
        yield Problem(file, pointer(*error.absolute_path), *_words(error))


def _words(error: ValidationError) -> tuple[str, str]:
    value: Any = error.instance
    given: Any = error.validator_value
    described: Any = error.schema
    about = described.get("description", "")
    known = list(described.get("properties", {}))
    match error.validator:
        case "required":
            missing = [key for key in given if key not in value]
            return f"{_listed(missing)} missing", f"Add {_listed(missing)}."
        case "additionalProperties" if isinstance(value, Mapping):
            extra = [key for key in value if key not in known]
            remedy = did_you_mean(extra[0], known, f"Known here: {', '.join(known)}.")
            return f"unknown {_listed(extra)}", remedy
        case "type":
            wanted = given if isinstance(given, str) else " or ".join(given)
            return f"{_shown(value)} is not of type {wanted}", f"Expected: {about or wanted}"
        case "enum":
            words = [str(one) for one in given]
            return f"{_shown(value)} is not one of the choices", did_you_mean(
                str(value), words, f"Choose one of: {', '.join(words)}."
            )
        case "const":
            return f"{_shown(value)} is not {given!r}", f"Expected: {about}" if given == 0 else f"Write {given!r}."
        case "pattern":
            return f"{_shown(value)} has the wrong form", f"Expected: {about or given}"
        case "minimum" | "maximum":
            return f"{_shown(value)} is out of range", f"Expected: {about or f'{error.validator} {given}'}"
        case "minItems" | "minLength" | "minProperties":
            return f"{_shown(value)} is too short", f"Give at least {given}. Expected: {about}"
        case "maxItems" | "maxLength":
            return f"{_shown(value)} is too long", f"Give at most {given}."
        case "maxProperties":
            nested = ", and nest the others in `all` or `any`" if "all" in known else ""
            return f"{_listed(list(value))} cannot stand together", f"Keep one{nested}."
        case "uniqueItems":
            return "an item stands there twice", "Keep it once."
    return f"{_shown(value)} does not fit", f"Expected: {about or error.message}"


def _listed(keys: list[str]) -> str:
    return ", ".join(quoted(key) for key in keys)


def _shown(value: Any) -> str:
    return quoted(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
