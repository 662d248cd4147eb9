"""What is known in one consultation: checked, and in one order."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from ..knowledge.problems import did_you_mean, kind_of, quoted

Given = Mapping[str, bool | float]
Reply = str | bool | float | None
"""An answer by its id on the base's scale, True or False, a certainty in [−1, 1], or None for not known."""

_WANTED = "Give true, false, or a number from -1 to 1."


class EvidenceError(ValueError):
    """Evidence or a perspective that cannot be reasoned from; the message says what would mend it."""


class Evidence(NamedTuple):
    """A perspective, and certainties in [−1, 1] by id in the base's order. What is not in it is unknown."""

    perspective: str
    certainties: Mapping[str, float]

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Evidence as {self.perspective}>"


def checked(base: KnowledgeBase, given: Given, perspective: str | None = None) -> Evidence:
    """Check what is given against a base; ``True`` is 1, ``False`` −1, and 0 the same as not given.

    Ids only: names that people use are resolved before. Raises :class:`EvidenceError` for an
    unknown id or perspective, and for a certainty that is no number in [−1, 1].
    """
    if not isinstance(given, Mapping):
        raise EvidenceError(f"evidence is a mapping of ids to true, false or a certainty, not {kind_of(given)}")
    certainties = {id: certainty(id, one) for id, one in given.items() if known(base, id)}
    order = (*base.fact, *base.conclusion)
    told = Frozen((id, certainties[id]) for id in order if certainties.get(id, 0.0) != 0.0)
    return Evidence(asked_as(base, perspective), told)


def asked_as(base: KnowledgeBase, perspective: str | None) -> str:
    """Return a perspective that the base has; the base's first for None. Raises EvidenceError."""
    has = [one.id for one in base.perspectives]
    if perspective is None:
        return has[0]
    if perspective not in has:
        remedy = did_you_mean(str(perspective), has, f"Choose {' or '.join(has)}.")
        raise EvidenceError(f"unknown perspective {quoted(perspective)}. {remedy}")
    return perspective


def known(base: KnowledgeBase, id: str) -> bool:
    """Return True for the id of a fact or conclusion of the base; raises EvidenceError for another."""
    if id in base.fact or id in base.conclusion:
        return True
    remedy = did_you_mean(
        str(id), [*base.fact, *base.conclusion], "For other names than ids there is `pushaway.resolve`."
    )
    raise EvidenceError(f"unknown fact {quoted(id)}. {remedy}")


def certainties_of(base: KnowledgeBase, replies: Mapping[str, Reply], what: str) -> dict[str, float]:
    """Return the certainty in [−1, 1] that each reply stands for; 0 is not known.

    ``what`` is the name of what was given, for the message. Raises :class:`EvidenceError` for what is
    no mapping, for an id that the base does not have, and for a reply that is none.
    """
    if not isinstance(replies, Mapping):
        raise EvidenceError(f"{what} is a mapping of ids to answers, not {kind_of(replies)}")
    return {id: _replied(base, id, reply) for id, reply in replies.items() if known(base, id)}


def _replied(base: KnowledgeBase, id: str, reply: Reply) -> float:
    if reply is None:
        return 0.0
    if not isinstance(reply, str):
        return certainty(id, reply)
    choices = {one.id: one.certainty for one in base.answers}
    if reply not in choices:
        remedy = did_you_mean(reply, choices, f"Answer with one of: {', '.join(choices)}.")
        raise EvidenceError(f"{quoted(reply)} is no answer to {quoted(id)}. {remedy}")
    return choices[reply]


def worded(base: KnowledgeBase, name: str, said: str) -> float:
    """Return the certainty in [−1, 1] that text says: a number, true, false, or an answer's id or label.

    ``name`` is what it was said of. Raises EvidenceError.
    """
    word = said.strip().casefold()
    choices = {key: one.certainty for one in base.answers for key in (one.id, one.label.casefold())}
    choices |= {"true": 1.0, "false": -1.0}
    if word in choices:
        return choices[word]
    try:
        number = float(word)
    except ValueError:
        answers = ", ".join(one.id for one in base.answers)
        raise EvidenceError(
            f"{quoted(name)} was given {quoted(said)}. Give a number from -1 to 1, or: {answers}."
        ) from None
    return certainty(name, number)


def certainty(id: str, given: object) -> float:
    """Return the certainty in [−1, 1] that was given for an id. Raises EvidenceError."""
    if isinstance(given, bool):
        return 1.0 if given else -1.0
    if not isinstance(given, int | float):
        return _of_another_library(id, given)
    if not -1 <= given <= 1:  # which NaN is not either
        raise EvidenceError(f"the certainty of {quoted(id)} is not in the range. {_WANTED}")
    return float(given)


def _of_another_library(id: str, given: object) -> float:
    """Do what :func:`certainty` does for any real number, and for the one value that a scalar such as numpy's holds."""
    from numbers import Real  # most evidence needs none of this

    held = given.item() if getattr(given, "shape", None) == () and hasattr(given, "item") else given
    if isinstance(held, int | float):
        return certainty(id, held)
    if isinstance(held, Real):
        inside = -1 <= held <= 1  # type: ignore[operator] # which typeshed has for floats only
        return certainty(id, float(held) if inside else math.inf)  # it may be too large for a float
    otherwise = " Leave out what is not known." if given is None else ""
    raise EvidenceError(f"{quoted(id)} was given {kind_of(given)}. {_WANTED}{otherwise}")
