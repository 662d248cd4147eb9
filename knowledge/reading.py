"""Reading JSON as strictly as evidence and knowledge deserve: nothing doubled, nothing infinite."""

from __future__ import annotations

import json
import math
from typing import Any

from .problems import quoted

MEGABYTE = 1 << 20
DEEPEST = 64
"""How many levels of brackets a document may have; what Python itself takes differs by version."""


class UnreadableJSONError(ValueError):
    """Text that is not the JSON it should be; ``wrong`` and ``remedy`` say why and what to do."""

    def __init__(self, wrong: str, remedy: str) -> None:
        self.wrong = wrong
        self.remedy = remedy
        super().__init__(wrong, remedy)

    def __str__(self) -> str:
        return f"{self.wrong}. {self.remedy}"


def read_json(data: bytes, limit: int = MEGABYTE) -> Any:
    """Parse UTF-8 JSON of at most ``limit`` bytes.

    Raises :class:`UnreadableJSONError` for anything else: an empty text, NaN or infinities, numbers
    beyond a double, a key given twice, nesting too deep to follow, or half of a surrogate pair.
    """
    if len(data) > limit:
        raise UnreadableJSONError(f"it is larger than {limit // MEGABYTE} MiB", "Give a smaller file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableJSONError(f"byte {error.start + 1} is not UTF-8", "Save the file as UTF-8.") from None
    if not text.strip():
        raise UnreadableJSONError("it is empty", "Give a JSON document.")
    try:
        document = json.loads(
            text, object_pairs_hook=_each_key_once, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
        too_deep = _deeper(document, DEEPEST)
        if not too_deep:
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise UnreadableJSONError(
            f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}", "Correct it there."
        ) from None
    except RecursionError:
        too_deep = True
    except UnicodeEncodeError:
        raise UnreadableJSONError("it has half of a surrogate pair", "Write the whole character.") from None
    if too_deep:
        raise UnreadableJSONError("it is nested too deeply", f"Use fewer levels of brackets, at most {DEEPEST}.")
    return document


def _deeper(document: Any, levels: int) -> bool:
    """Tell whether a document has more than this many levels of brackets."""
    level = [document]
    for _ in range(levels):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list) for one in level)


def as_number(text: str) -> float:
    """Return the number that a JSON float stands for; a whole one as an int, so that 1.0 is 1.

    Raises OverflowError where it is beyond a double.
    """
    number = float(text)
    if math.isinf(number):
        raise OverflowError(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _finite(text: str) -> float:
    try:
        return as_number(text)
    except OverflowError:
        raise UnreadableJSONError(f"the number {text[:20]} is too large", "Give a smaller number.") from None


def _whole(text: str) -> int:
    if len(text) > 300:
        raise UnreadableJSONError(f"the number {text[:20]}… is too large", "Give a smaller number.")
    return int(text)


def _no_constant(text: str) -> Any:
    raise UnreadableJSONError(f"{text} is not a JSON number", "Give a finite number.")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise UnreadableJSONError(f"the key {quoted(twice)} is given twice", "Keep one of the two.")
    return made
