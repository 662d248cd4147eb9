"""The engine: evidence in, answer out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ..knowledge import KnowledgeBase, load
from ..knowledge.frozen import cached_property
from ..knowledge.problems import kind_of
from .answer import Answer, Reasoning
from .answering import answer
from .evidence import Evidence, Given, checked
from .privacy import PrivateIterator, private

if TYPE_CHECKING:
    from .batch.evaluator import Evaluator
    from .batch.records import Outcome
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
        self.base: KnowledgeBase = load() if base is None else base
        self._matcher = matcher
        # Shells that no thread is using: a run takes one, or makes one, and puts it back.
        self._idle: deque[Shell] = deque()

    def with_base(self, base: KnowledgeBase) -> Engine:
        """Return an engine that is the same but for its base; this one goes on answering from its own.

        So a base is loaded anew without a restart: ``engine = engine.with_base(pushaway.load("my-base"))``.
        Raises TypeError for a base that is none.
        """
        return Engine(base, matcher=self._matcher)

    def __reduce__(self) -> tuple[Any, ...]:
        # Compiled rules are functions, which cannot be pickled; they are compiled anew where they arrive.
        return partial(Engine, matcher=self._matcher), (self.base,)

    @private
    def infer(self, evidence: Given, *, perspective: str | None = None) -> Answer:
        """Return the answer to evidence: ids of facts or conclusions to True, False or a certainty.

        Certainties are in [−1, 1]; True is 1, False −1, and what is left out is unknown. Numbers and truth
        values of numpy are taken as Python's own.
        ``perspective`` is the base's first where none is given. Raises :class:`EvidenceError`
        where either does not fit the base. Names that people use are for :func:`pushaway.resolve`.
        """
        return answer(Reasoning(self, self._run(checked(self.base, evidence, perspective))))

    @private
    def trace(self, evidence: Given, *, perspective: str | None = None) -> Trace:
        """Return what happens when the base reasons from evidence: what :meth:`infer` answers from.

        Takes and raises the same.
        """
        return self._run(checked(self.base, evidence, perspective))

    def infer_many(
        self, cases: Iterable[Given], *, perspective: str | Iterable[str | None] | None = None
    ) -> Iterator[Outcome]:
        """Yield what each of many cases comes to: an answer without its words, by a vectorised evaluator.

        Takes what :meth:`infer` takes, case after case, some thousands at a time, and a perspective for all or one
        for each. Raises :class:`EvidenceError`, which counts the case from 1, ValueError for more cases than
        perspectives or the other way round, and ImportError where ``pushaway[batch]`` is not there.
        """
        return PrivateIterator(_many().infer_many(self._evaluator, cases, perspective))

    @private
    def infer_table(
        self,
        table: Any,
        *,
        perspective: str | None = None,
        keep: Sequence[str] = (),
        ignore: Sequence[str] = (),
        strict: bool = True,
    ) -> Any:
        """Return what the rows of a table come to, as a table of the same kind: of Arrow, pandas, Polars or others.

        A column is about a fact or conclusion, which it names by id, label or lay expression. It holds true and
        false, certainties in [−1, 1], or text that says these or is an answer on the base's scale; null, NaN, an
        empty text and 0 are not known. A column ``perspective`` says from which each row asks. The result has a
        row for each, and beside its own columns ``id`` and those to ``keep``; those to ``ignore`` are not
        looked at. Raises :class:`EvidenceError` for a column that is none of these, and for the first row that
        is wrong; if not ``strict``, such a row has an ``error`` instead. Raises ImportError where
        ``pushaway[batch]`` is not there.
        """
        return _many().infer_table(self._evaluator, table, perspective, keep, ignore, strict=strict)

    def infer_batches(
        self,
        batches: Iterable[Any],
        *,
        perspective: str | None = None,
        keep: Sequence[str] = (),
        ignore: Sequence[str] = (),
    ) -> Iterator[Any]:
        """Yield what the rows of Arrow record batches come to, as record batches: what Spark, Dask and Ray can call.

        Columns are as :meth:`infer_table` has them; a row that is wrong has an ``error``. Raises
        :class:`EvidenceError` for a column that is none of these, and ImportError where ``pushaway[batch]``
        is not there.
        """
        return PrivateIterator(_many().infer_batches(self._evaluator, batches, perspective, keep, ignore))

    def outcome_schema(self, schema: Any, *, keep: Sequence[str] = (), ignore: Sequence[str] = ()) -> Any:
        """Return the Arrow schema of what :meth:`infer_batches` yields for batches of a schema. Raises the same."""
        return _many().outcome_schema(self.base, schema, keep, ignore)

    @cached_property
    def _evaluator(self) -> Evaluator:
        from .batch.evaluator import Evaluator

        return Evaluator(self.base)

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


@private
def infer(evidence: Given, *, perspective: str | None = None) -> Answer:
    """Return the shipped base's answer to evidence; see :meth:`Engine.infer`."""
    return shipped_engine().infer(evidence, perspective=perspective)


def infer_many(cases: Iterable[Given], *, perspective: str | Iterable[str | None] | None = None) -> Iterator[Outcome]:
    """Yield what each of many cases comes to by the shipped base; see :meth:`Engine.infer_many`."""
    return shipped_engine().infer_many(cases, perspective=perspective)


@private
def infer_table(
    table: Any,
    *,
    perspective: str | None = None,
    keep: Sequence[str] = (),
    ignore: Sequence[str] = (),
    strict: bool = True,
) -> Any:
    """Return what the rows of a table come to by the shipped base; see :meth:`Engine.infer_table`."""
    return shipped_engine().infer_table(table, perspective=perspective, keep=keep, ignore=ignore, strict=strict)


def _many() -> Any:
    from .batch import many  # only who has many cases should pay for numpy

    return many


def given_or_shipped(engine: Engine | None) -> Engine:
    """Return an engine that was given, or for None the one on the shipped base. Raises TypeError for what is none."""
    if engine is None:
        return shipped_engine()
    if not isinstance(engine, Engine):
        raise TypeError(
            f"what answers is an Engine, not {kind_of(engine)}. Of a base, pushaway.Engine(base) makes one."
        )
    return engine


@cache
def shipped_engine() -> Engine:
    """Return the engine on the shipped base, one for all callers, made when it is first needed."""
    return Engine()
