"""The lock: what a base said when somebody last answered for it, item by item, by version and digest."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ..declarations import items_at
from ..passages import digest
from ..problems import KnowledgeError, Problem, did_you_mean
from ..reading import UnreadableJSONError, read_json
from ..shape import misfits
from .checks import Checks, NotMadeError, Severity, Subject, Trouble

LOCK = Checks[Subject]("Lock")

FILE = "base.lock"
"""Where it stands in a base's folder; it is JSON, and not called so, since it is none of the base's documents."""

LOCKED = {
    "facts": ("facts", ("facts",)),
    "conclusions": ("conclusions", ("mechanisms", "causes")),
    "rules": ("rules", ("rules",)),
    "responses": ("responses", ("responses",)),
    "safeguards": ("safeguards", ("safeguards",)),
    "helplines": ("safeguards", ("helplines",)),
    "requirements": ("charter", ("requirements",)),
}
"""What is locked: the kind of document in which its items stand, and under which keys."""

_REMEDY = "Write it anew with `pushaway audit --write-lock`."


def read_lock(folder: str) -> Mapping[str, Any] | None:
    """Return the lock of the base in a folder, None where there is none.

    Raises :class:`KnowledgeError` where it cannot be read, or is no lock.
    """
    path = os.path.join(folder, FILE)
    try:
        with open(path, "rb") as stream:
            lock = read_json(stream.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KnowledgeError([Problem(FILE, "", f"it cannot be read: {error.strerror}", _REMEDY)]) from None
    except UnreadableJSONError as error:
        raise KnowledgeError([Problem(FILE, "", error.wrong, error.remedy)]) from None
    problems = list(misfits("lock", FILE, lock))
    if problems:
        raise KnowledgeError(problems)
    found: Mapping[str, Any] = lock
    return found


def locked(subject: Subject) -> dict[str, Any]:
    """Return the lock of a base as it is now: versions, and SHA-256 digests of canonical JSON (RFC 8785)."""
    base = subject.base
    return {
        "format": "1",
        "base": {"id": base.id, "version": base.version, "digest": base.digest},
        "items": {kind: dict(sorted(_items(subject.documents, kind))) for kind in LOCKED},
    }


def lock_text(subject: Subject) -> str:
    """Return what a lock file holds, one item a line, so that a change shows what changed."""
    lock = locked(subject)
    kinds = (
        f"    {json.dumps(kind)}: {{\n"
        + ",\n".join(f"      {json.dumps(id)}: {json.dumps(item)}" for id, item in items.items())
        + ("\n    }" if items else "    }")
        for kind, items in lock["items"].items()
    )
    head = f'{{\n  "format": {json.dumps(lock["format"])},\n  "base": {json.dumps(lock["base"])},\n'
    return head + '  "items": {\n' + ",\n".join(kinds) + "\n  }\n}\n"


def _items(documents: Mapping[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    of, keys = LOCKED[kind]
    for document in documents.values():
        if document["kind"] == of:
            for key in keys:
                for _, item in items_at(document, (key,)):
                    said = {name: value for name, value in item.items() if name != "version"}
                    # A safeguard fact must not become a sign, nor a mechanism a cause, without anybody's notice.
                    said["of"] = document.get("of", key)
                    yield item["id"], {"version": item.get("version", 1), "digest": digest(said)}


def _beside(subject: Subject) -> Mapping[str, Any]:
    if subject.lock is None:
        raise NotMadeError("There is no lock beside the base; `pushaway audit --write-lock` makes one.")
    return subject.lock


def _lock(subject: Subject) -> Mapping[str, Any]:
    """Return the lock of this very base."""
    lock = _beside(subject)
    if lock["base"]["id"] != subject.base.id:
        raise NotMadeError("The lock beside the base is of another one.")
    return lock


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@LOCK.check("lock-of-another-base", Severity.ERROR, "The lock beside the base is of another one.")
def _another(subject: Subject) -> Iterator[Trouble]:
    was = _beside(subject)["base"]
    if was["id"] != subject.base.id:
        wrong = f"it locks `{was['id']}`, and this base is `{subject.base.id}`"
        yield Trouble(subject.base.id, (FILE, "/base/id"), wrong, "Remove it, and lock this base.")


@LOCK.check("changed-without-version", Severity.ERROR, "Something was changed, and its version is still the same.")
def _changed(subject: Subject) -> Iterator[Trouble]:
    now, before = locked(subject)["items"], _lock(subject)["items"]
    for kind, items in now.items():
        for id, item in items.items():
            was = before[kind].get(id)
            if was and was["digest"] != item["digest"] and item["version"] <= was["version"]:
                yield Trouble(
                    id,
                    subject.place(kind, id),
                    f"`{id}` says something else than version {was['version']} did when it was locked",
                    f"Give it `version` {was['version'] + 1}, or take the change back.",
                )


@LOCK.check("base-changed-without-version", Severity.ERROR, "The base was changed, and its version is still the same.")
def _base_changed(subject: Subject) -> Iterator[Trouble]:
    was, base = _lock(subject)["base"], subject.base
    if was["digest"] != base.digest and _ordered(base.version) <= _ordered(was["version"]):
        yield Trouble(
            base.id,
            (subject.file_of("base"), "/version"),
            f"the base is not what version {was['version']} was when it was locked, and calls itself {base.version}",
            "Give it a higher version (semver.org), or take the change back.",
        )


@LOCK.check("removed-without-reason", Severity.ERROR, "Something was taken out, and nobody says why.")
def _removed(subject: Subject) -> Iterator[Trouble]:
    now, before = locked(subject)["items"], _lock(subject)["items"]
    for kind, items in before.items():
        for id in items:
            if id not in now[kind] and id not in subject.base.charter.removed:
                yield Trouble(
                    id,
                    (subject.file_of("charter"), "/removed"),
                    f"`{id}` is no longer among the {kind}",
                    did_you_mean(id, now[kind].keys() - items.keys(), "Give the reason there, or put it back."),
                )


@LOCK.check("lock-out-of-date", Severity.WARNING, "The lock is of an earlier version of the base.")
def _stale(subject: Subject) -> Iterator[Trouble]:
    was = _lock(subject)["base"]
    if was["digest"] != subject.base.digest and _ordered(was["version"]) < _ordered(subject.base.version):
        wrong = f"it locks version {was['version']}, and the base is {subject.base.version}"
        yield Trouble(subject.base.id, (FILE, "/base/version"), wrong, _REMEDY)
