"""Loading a knowledge base: from a folder of JSON to one frozen model, or to every problem at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from .building import build, build_with, cases
from .model import Case, KnowledgeBase
from .passages import digest
from .problems import KnowledgeError, Problem, quoted
from .reading import MEGABYTE, UnreadableJSONError, as_number, read_json

LIMIT = 16 * MEGABYTE
SHIPPED = os.path.join(os.path.dirname(__file__), "base")
CASES = "cases/"
"""Where the shipped base has its cases, and nothing else: what takes a third of its room, and no answer needs."""


def load(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """Load the knowledge base in a folder, or the one that ships where no folder is given.

    Every ``*.json`` file in the folder and its subfolders is read; each names its ``kind``. A folder
    is checked in full: raises :class:`KnowledgeError` with all its problems. The shipped base was
    checked when it was built, so it is not checked again here; :func:`check` does that.
    """
    if path is None:
        return _shipped()
    return build(read(path))


def read(path: str | os.PathLike[str] | None = None) -> Mapping[str, Any]:
    """Return the documents of the base in a folder, or of the one that ships, by file name; checked in full.

    Raises :class:`KnowledgeError` with all their problems.
    """
    documents, problems = _read(os.fsdecode(SHIPPED if path is None else path))
    problems += _problems(documents, all_read=not problems)
    if problems:
        raise KnowledgeError(problems)
    return documents


def check(path: str | os.PathLike[str] | None = None) -> tuple[Problem, ...]:
    """Return every problem of the base in a folder, or of the one that ships; none where it is sound."""
    try:
        read(path)
    except KnowledgeError as error:
        return error.problems
    return ()


@lru_cache(maxsize=1)
def _shipped() -> KnowledgeBase:
    # All is read at once, so that what is left for later fits the rest whatever becomes of the files.
    texts = {name: _bytes(path) for name, path in _files(SHIPPED)}
    documents = _parsed({name: text for name, text in texts.items() if not name.startswith(CASES)})
    left = {name: text for name, text in texts.items() if name.startswith(CASES)}
    return build_with(documents, partial(_cases, left), partial(_digest, documents, left))


def _parsed(texts: Mapping[str, bytes]) -> dict[str, Any]:
    return {name: json.loads(text, parse_float=as_number) for name, text in texts.items()}


def _cases(left: Mapping[str, bytes]) -> tuple[Case, ...]:
    return cases(_parsed(left))


def _digest(documents: dict[str, Any], left: Mapping[str, bytes]) -> str:
    return digest(documents | _parsed(left))


# os rather than pathlib here: importing that alone takes a tenth of the time of an answer.
def _files(folder: str) -> Iterator[tuple[str, str]]:
    """Yield name, relative to the folder and with slashes, and path of its JSON files in order; none hidden."""
    found = []
    for root, folders, files in os.walk(folder, onerror=_raised):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.join(root, name) for name in files if name.endswith(".json") and not name.startswith(".")]
    for path in sorted(found):
        yield os.path.relpath(path, folder).replace(os.sep, "/"), path


def _raised(error: OSError) -> None:
    raise error


def _bytes(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _read(folder: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the documents that could be read, and a problem for each file that could not."""
    if not os.path.isdir(folder):
        wrong = "it is not a folder" if os.path.exists(folder) else "no such file or folder"
        return {}, [Problem(folder, "", wrong, "Give the folder that holds the base's JSON files.")]
    documents: dict[str, Any] = {}
    problems: list[Problem] = []
    try:
        files = list(_files(folder))
    except OSError as error:
        return {}, [Problem(str(error.filename), "", f"it cannot be read: {error.strerror}", _PERMISSIONS)]
    for name, path in files:
        if not name.isascii():
            problems.append(Problem(quoted(name), "", "its name is not in ASCII letters", "Rename the file."))
            continue
        if not os.path.isfile(path):
            problems.append(Problem(name, "", "it cannot be read: it is not a file", "Put the JSON file itself there."))
            continue
        try:
            documents[name] = read_json(_bytes(path), LIMIT)
        except UnreadableJSONError as error:
            problems.append(Problem(name, "", error.wrong, error.remedy))
        except OSError as error:
            problems.append(Problem(name, "", f"it cannot be read: {error.strerror}", _PERMISSIONS))
    if not files:
        problems.append(Problem(folder, "", "no JSON file in it", "Give the folder that holds the base."))
    return documents, problems


_PERMISSIONS = "See to its permissions."


def _problems(documents: Mapping[str, Any], *, all_read: bool) -> list[Problem]:
    # Imported here: checking is for whoever gives a base of their own, and costs far more than loading.
    from .checks import fit_problems
    from .shape import shape_problems

    problems = {file: list(shape_problems(file, document)) for file, document in documents.items()}
    well_shaped = [file for file, found in problems.items() if not found]
    told = [problem for found in problems.values() for problem in found]
    return told + list(fit_problems(documents, well_shaped, all_read=all_read))
