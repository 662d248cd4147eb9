"""The schemas explain themselves, and their examples fit them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

import pushaway
from pushaway.knowledge.shape import SCHEMAS, schema


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_has_examples_that_fit_it(name: str) -> None:
    published = schema(name)
    assert published["examples"]
    for example in published["examples"]:
        jsonschema.Draft202012Validator(published).validate(example)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_property_says_what_it_is_and_nothing_else_is_let_in(name: str) -> None:
    published = schema(name)
    assert published["description"]
    for place, part in _objects(published, name):
        assert part.get("additionalProperties") is False, place
        for key, value in part["properties"].items():
            assert "description" in value or "$ref" in value, f"{place}/{key}"


def _objects(part: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the schemas that describe an object; conditions on them describe nothing anew."""
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield place, part
        for key, inner in part.items():
            if key not in ("examples", "if", "then") and not (key == "else" and "if" in inner):
                yield from _objects(inner, f"{place}/{key}")
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from _objects(inner, f"{place}/{index}")


def test_a_schema_is_public_and_whoever_changes_it_changes_their_own() -> None:
    taken = pushaway.schema("answer")
    taken["properties"].clear()
    assert pushaway.schema("answer")["properties"]
    with pytest.raises(KeyError, match="Did you mean `answer`"):
        pushaway.schema("answers")
    for no_name in (None, [], 5):
        with pytest.raises(KeyError, match="Choose one of: base"):
            pushaway.schema(no_name)  # type: ignore[arg-type]


def test_words_of_danger_are_found_in_what_is_not_understood() -> None:
    base = pushaway.load()
    assert pushaway.mentioned(base, "he said that he wants to die and hung up") == ("self-harm-thoughts",)
    assert pushaway.mentioned(base, "he went fishing") == ()


def test_a_field_that_nobody_filled_in_mentions_nothing_and_what_is_no_text_is_told() -> None:
    base = pushaway.load()
    assert pushaway.mentioned(base, None) == pushaway.mentioned(base, "") == ()
    for wrong, kind in ((5, "a number"), (["he wants to die"], "a list"), (b"die", "bytes")):
        with pytest.raises(TypeError, match=f"is text, not {kind}\\. Give what was said"):
            pushaway.mentioned(base, wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"a name is text, not nothing \(null\)\. Give"):
        pushaway.resolve(base, None)  # type: ignore[arg-type]
