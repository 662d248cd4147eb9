"""A record of what was told and what was answered, by what; replayed, it gives the same answer or names what differs.

Nothing is recorded unless asked for, and then it is masked. What was told, and the answer, which tells it too, are
then there as keyed digests only (HMAC-SHA-256, RFC 2104). People tell a few of some sixty facts: whoever can
compute such digests finds what was told by trying, however they are salted. So the key is no part of the record.
With the key, and told the same again, a replay shows that this was told and that this was the answer to it.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from importlib import metadata
from typing import Any, NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.problems import kind_of, pointer, quoted
from ..knowledge.reading import as_number
from .answer import FORMAT as ANSWER_FORMAT
from .answer import Answer, BaseRef, plain
from .consultation import Consultation
from .engine import Engine, given_or_shipped
from .evidence import EvidenceError, Reply, certainties_of
from .privacy import private
from .replaying import Divergence, Replay, divergences
from .version import VERSION

FORMAT = "1"
SHORTEST_KEY = 16


class RecordError(ValueError):
    """A record that cannot be made, read or replayed; the message says why, and what would mend it."""


class Versions(NamedTuple):
    """What answers, beside the base: versions of pushaway, experta and Python, and of the answer's format."""

    pushaway: str
    experta: str
    python: str
    answer: str


class Mask(NamedTuple):
    """Keyed digests, in hexadecimal, of what was told, of each part of the answer, and of the record as a whole."""

    salt: str
    evidence: str
    answer: Mapping[str, str]
    seal: str


@dataclass(frozen=True, repr=False)
class Record:
    """What was told and what was answered, by what.

    ``kind`` is inference or consultation; an answer in a consultation rests also on what was asked and is not
    known, certainty 0. ``at`` is an ISO time, None unless one was given. ``evidence``, and ``said``, the answer
    as JSON, are None where they are masked, and ``mask`` is None where they are not. ``key`` opens a mask. Only
    the record that is made has it: :meth:`to_dict` does not tell it.
    """

    base: BaseRef
    versions: Versions
    kind: str
    perspective: str
    at: str | None = None
    evidence: Mapping[str, float] | None = None
    said: str | None = None
    mask: Mask | None = None
    key: bytes | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        # Nobody's answers in a traceback, and no key.
        return f"<Record of {self.base.id} {self.base.version}>"

    @classmethod
    @private
    def of(
        cls, answer: Answer, *, evidence: bool = False, key: bytes | None = None, at: datetime | None = None
    ) -> Record:
        """Return a record of an answer, of a consultation's too.

        ``evidence`` asks that what was told and answered stands in it; else it is masked. ``key`` is what to mask
        it with, 16 bytes or more, a new one unless given; keep it apart from the record. ``at`` is when it was,
        with its time zone. Raises :class:`RecordError` for a shorter key, or one where nothing is masked, and for a
        time without a zone; TypeError for what is no answer, key or time.
        """
        if not isinstance(answer, Answer):
            raise TypeError(
                f"a record is of an Answer, not {kind_of(answer)}. Give what `infer` or a consultation gave."
            )
        _check_key(key)
        if not isinstance(at, datetime | None):
            raise TypeError(f"the time is a datetime, not {kind_of(at)}. Give one, as datetime.now(timezone.utc) is.")
        if key is not None and evidence:
            raise RecordError("a record with evidence is not masked, so a key does nothing. Leave out one of the two.")
        if key is not None and len(key) < SHORTEST_KEY:
            raise RecordError(f"a key of {len(key)} bytes is too short. Give at least {SHORTEST_KEY}.")
        if at is not None and at.tzinfo is None:
            raise RecordError("the time has no zone. Give it one, as datetime.now(timezone.utc) has.")
        record = cls(
            base=answer.base,
            versions=_versions()._replace(pushaway=answer.engine),
            kind="inference" if answer.told is None else "consultation",
            perspective=answer.perspective,
            at=None if at is None else at.isoformat(),
        )
        if evidence:
            return replace(record, evidence=Frozen(_told(answer)), said=json.dumps(_normal(answer.to_dict())))
        key = key or secrets.token_bytes(32)
        mask = _mask(answer, key, secrets.token_hex(16))
        return replace(record, key=key, mask=mask._replace(seal=replace(record, mask=mask)._seal(key)))

    @property
    def answer(self) -> dict[str, Any] | None:
        """The answer as JSON-ready data in its published format, None where it is masked."""
        return None if self.said is None else json.loads(self.said)

    @private
    def to_dict(self) -> dict[str, Any]:
        """Return the record, without its key, as JSON-ready data, which its schema describes."""
        told: dict[str, Any] = {
            "format": FORMAT,
            "base": plain(self.base),
            "versions": plain(self.versions),
            "kind": self.kind,
            "perspective": self.perspective,
        }
        if self.at is not None:
            told["at"] = self.at
        if self.mask is None:
            return {**told, "evidence": dict(self.evidence or {}), "answer": self.answer}
        return {**told, "masked": {**self.mask._asdict(), "answer": dict(self.mask.answer)}}

    @classmethod
    @private
    def from_dict(cls, data: Any) -> Record:
        """Return the record that data from :meth:`to_dict` stands for. Raises :class:`RecordError` for other data."""
        from ..knowledge.shape import misfits  # costs more than an inference

        try:
            problems = list(misfits("record", "record", data))
            if not problems and "answer" in data:
                problems = list(misfits("answer", "answer in the record", data["answer"]))
        except TypeError:
            raise RecordError("it holds what JSON cannot. Give what `to_dict` gave.") from None
        if problems:
            raise RecordError("\n".join(dict.fromkeys(map(str, problems))))
        record = cls(
            BaseRef(**data["base"]), Versions(**data["versions"]), data["kind"], data["perspective"], data.get("at")
        )
        if "masked" in data:
            return replace(record, mask=Mask(**data["masked"] | {"answer": Frozen(data["masked"]["answer"])}))
        return replace(record, evidence=Frozen(data["evidence"]), said=json.dumps(_normal(data["answer"])))

    @private
    def replay(
        self, engine: Engine | None = None, evidence: Mapping[str, Reply] | None = None, *, key: bytes | None = None
    ) -> Replay:
        """Answer again and return what differs; ``engine`` is the one on the shipped base unless given.

        Where the record is masked, give ``evidence`` as it was told (:attr:`Consultation.told` of a consultation),
        and ``key`` unless the record has it. Raises :class:`RecordError` where they are missing, or given for
        nothing; where the key is another, or the record was changed; and where the engine's base is about
        something else, or no longer has what was told. Raises :class:`EvidenceError` where ``evidence`` does not
        fit the base, and TypeError for what is no engine or key.
        """
        engine = given_or_shipped(engine)
        _check_key(key)
        if engine.base.id != self.base.id:
            raise RecordError(
                f"it is about the base {quoted(self.base.id)}, not {quoted(engine.base.id)}. Use that base."
            )
        if self.mask is None:
            if evidence is not None or key is not None:
                raise RecordError("it is not masked: what was told stands in it. Leave out evidence and key.")
            differences = self._opened(engine)
        else:
            key = key or self.key
            if evidence is None or key is None:
                raise RecordError("it is masked. Give what was told, and the key that was made for it.")
            if not hmac.compare_digest(self._seal(key), self.mask.seal):
                raise RecordError("the key does not fit it, or it was changed. Give the key that was made for it.")
            differences = _unmasked(self.mask, self._again(engine, evidence), key)
        base = BaseRef(engine.base.id, engine.base.version, engine.base.digest)
        was = {"base": plain(self.base), "versions": plain(self.versions)}
        now = {"base": plain(base), "versions": plain(_versions())}
        return Replay(self.mask is not None, tuple(divergences(was, now, (), ())), tuple(differences))

    def _opened(self, engine: Engine) -> Iterator[Divergence]:
        try:
            now = self._again(engine, self.evidence or {})
        except EvidenceError as error:
            raise RecordError(f"it does not fit version {engine.base.version} of the base: {error}") from None
        return divergences(_parts(self.answer or {}), _parts(now.to_dict()), ("answer",), ())

    def _again(self, engine: Engine, evidence: Mapping[str, Reply]) -> Answer:
        told = certainties_of(engine.base, evidence, "what was told")
        if self.kind == "consultation":
            return Consultation(self.perspective, told, engine).answer
        return engine.infer(told, perspective=self.perspective)

    def _seal(self, key: bytes) -> str:
        told = self.to_dict()
        del told["masked"]["seal"]
        return _digest(key, told["masked"]["salt"], "record", told)


def _check_key(key: bytes | None) -> None:
    """Raise TypeError for a key that is not bytes."""
    if not isinstance(key, bytes | bytearray | None):
        raise TypeError(f"a key is bytes, not {kind_of(key)}. `bytes.fromhex` reads them from hexadecimal text.")


def _mask(answer: Answer, key: bytes, salt: str) -> Mask:
    """Return a mask that is not sealed yet."""
    digest = partial(_digest, key, salt)
    parts = _parts(answer.to_dict())
    told = {name: digest(name, part) for name, part in parts.items() if name not in ("perspective", "evidence")}
    return Mask(salt, digest("evidence", _told(answer)), Frozen(told), seal="")


def _unmasked(mask: Mask, answer: Answer, key: bytes) -> Iterator[Divergence]:
    now = _mask(answer, key, mask.salt)
    if now.evidence != mask.evidence:
        yield Divergence(pointer("masked", "evidence"), ("evidence",))
        return  # nor can the answer be the same
    for name in dict.fromkeys((*mask.answer, *now.answer)):
        if mask.answer.get(name) != now.answer.get(name):
            yield Divergence(pointer("masked", "answer", name), (name,))


def _digest(key: bytes, salt: str, what: str, data: Any) -> str:
    return hmac.digest(key, json.dumps([salt, what, _normal(data)], sort_keys=True).encode(), "sha256").hex()


def _normal(data: Any) -> Any:
    """Return data as it is once it was written as JSON and read: a certainty of 1.0 is 1."""
    return json.loads(json.dumps(data), parse_float=as_number)


def _told(answer: Answer) -> Mapping[str, float]:
    return {one.id: one.certainty for one in answer.evidence} if answer.told is None else answer.told


def _parts(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts of an answer, the same ones of every answer, but for what says by what it was given."""
    return {
        name: part
        for name, part in {"contradictions": [], **answer}.items()
        if name not in ("format", "base", "engine")
    }


@cache
def _versions() -> Versions:
    try:
        experta = metadata.version("experta")
    except metadata.PackageNotFoundError:  # in a program that was packed without it
        experta = "unknown"
    return Versions(VERSION, experta, ".".join(map(str, sys.version_info[:3])), ANSWER_FORMAT)
