"""Bases with one defect: the car, changed in one or more places."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

CAR = Path(__file__).parent / "bases" / "car"


def broken_base(folder: Path, changes: list[dict[str, Any]]) -> Path:
    """Return a copy of the car with some changes."""
    base = folder / "base"
    shutil.copytree(CAR, base)
    for change in changes:
        make(base, change)
    return base


def make(base: Path, change: dict[str, Any]) -> None:
    """Change one file: its whole content, its being there, or a place in it."""
    file = base / change["file"]
    match change:
        case {"text": text}:
            file.write_text(text * change.get("times", 1), encoding="utf-8")
        case {"hex": octets}:
            file.write_bytes(bytes.fromhex(octets))
        case {"delete": True}:
            file.unlink()
        case {"copy": other}:
            shutil.copy(base / other, file)
        case _:
            document = json.loads(file.read_bytes())
            _edit(document, change)
            file.write_text(json.dumps(document), encoding="utf-8")


def _edit(document: Any, change: dict[str, Any]) -> None:
    match change:
        case {"set": place, "to": value}:
            for _ in range(change.get("wrapped", 0)):
                value = {"all": [value]}
            holder, last = _found(document, place)
            holder[last] = value
        case {"remove": place}:
            holder, last = _found(document, place)
            del holder[last]
        case {"add": place, "value": value}:
            holder, last = _found(document, place)
            if isinstance(holder, list):
                holder.append(value)
            else:
                holder[last] = value
        case _:
            raise ValueError(change)


def _found(document: Any, place: str) -> tuple[Any, Any]:
    """Return what holds the place that a JSON Pointer leads to, and the last step to it."""
    *way, last = place.split("/")[1:]
    for step in way:
        document = document[int(step) if isinstance(document, list) else step]
    return document, int(last) if isinstance(document, list) and last != "-" else last
