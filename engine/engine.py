"""The engine: evidence in, answer out."""

from __future__ import annotations

from collections import deque
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from ..knowledge import KnowledgeBase, load
from .answer import Answer, Reasoning
from .answering import answer
from .evidence import Evidence, Given, checked

if TYPE_CHECKING:
    from .shell import MatcherName, Shell
    from .trace import Trace


class Engine:
    """Reasons over one knowledge base. One engine may serve many threads.

    ``base`` is the shipped one where none is given. ``matcher`` chooses how experta matches rules:
    ``"ground"``, ours for rules without variables, or ``"rete"``, its own; answers are the same.
    Raises TypeError for a base that is none; another matcher is a ValueError at the first inference.
    """

    def __init__(self, base: KnowledgeBase | None = None, *, matcher: MatcherName = "ground") -> None:
        if not isinstance(base, KnowledgeBase | None):
            raise TypeError(
                f"an engine reasons over a KnowledgeBase, not {type(base).__name__}: pushaway.load gives one"
            )
        self.base = load() if base is None else base
        self._matcher = matcher
        # Shells that no thread is using: a run takes one, or makes one, and puts it back.
        self._idle: deque[Shell] = deque()

    def __reduce__(self) -> tuple[Any, ...]:
        # Compiled rules are functions, which cannot be pickled; they are compiled anew where they arrive.
        return partial(Engine, matcher=self._matcher), (self.base,)

    def infer(self, evidence: Given, *, perspective: str | None = None) -> Answer:
        """Return the answer to evidence: ids of facts or conclusions to True, False or a certainty.

        Certainties are in [−1, 1]; True is 1, False −1, and what is left out is unknown.
        ``perspective`` is the base's first where none is given. Raises :class:`EvidenceError`
        where either does not fit the base. Names that people use are for :func:`pushaway.resolve`.
        """
        return answer(Reasoning(self, self.trace(evidence, perspective=perspective)))

    def trace(self, evidence: Given, *, perspective: str | None = None) -> Trace:
        """Return what happens when the base reasons from evidence: what :meth:`infer` answers from.

        Takes and raises the same.
        """
        return self._run(checked(self.base, evidence, perspective))

    def _run(self, known: Evidence) -> Trace:
        try:
            shell = self._idle.pop()
        except IndexError:
            shell = self._new_shell()
        trace = shell.run(known)
        # Not reached after an exception: experta may then hold activations of this run for the next.
        self._idle.append(shell)
        return trace

    def _new_shell(self) -> Shell:
        from .shell import Shell

        return Shell(self.base, self._engine_class)

    @cached_property
    def _engine_class(self) -> Any:
        from .shell import engine_class

        return engine_class(self.base, self._matcher)


def infer(evidence: Given, *, perspective: str | None = None) -> Answer:
    """Return the shipped base's answer to evidence; see :meth:`Engine.infer`."""
    return shipped_engine().infer(evidence, perspective=perspective)


@cache
def shipped_engine() -> Engine:
    """Return the engine on the shipped base, one for all callers, made when it is first needed."""
    return Engine()
