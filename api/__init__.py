"""pushaway: an expert system on why someone who is sad pushes people away.

>>> import pushaway
>>> answer = pushaway.infer({"stressed": True, "drained": 0.6}, perspective="self")
>>> answer.causes[0].id
'overwhelmed'
"""

from typing import TYPE_CHECKING, Any

from .engine import Answer, Engine, EvidenceError, infer, infer_many, infer_table
from .engine.version import VERSION as __version__  # noqa: N811 # the name that Python users look for
from .knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, check, load, resolve

if TYPE_CHECKING:
    from .engine.audit import AuditReport, audit
    from .engine.batch.evaluator import Evaluator
    from .engine.batch.outcomes import Outcomes
    from .engine.batch.records import Outcome
    from .engine.consultation import Consultation, ConsultationError
    from .engine.explanation import Explanation

__all__ = [
    "Answer",
    "AuditReport",
    "Consultation",
    "ConsultationError",
    "Engine",
    "Evaluator",
    "EvidenceError",
    "Explanation",
    "KnowledgeBase",
    "KnowledgeError",
    "Outcome",
    "Outcomes",
    "Problem",
    "UnknownNameError",
    "__version__",
    "audit",
    "check",
    "infer",
    "infer_many",
    "infer_table",
    "load",
    "resolve",
]


_WHEN_USED = {
    "AuditReport": "engine.audit",
    "Consultation": "engine.consultation",
    "ConsultationError": "engine.consultation",
    "Evaluator": "engine.batch.evaluator",
    "Explanation": "engine.explanation",
    "Outcome": "engine.batch.records",
    "Outcomes": "engine.batch.outcomes",
    "audit": "engine.audit",
}
"""What a single answer can do without, by the module that has it."""


def __getattr__(name: str) -> Any:
    """Import what a single answer can do without when it is first used (PEP 562)."""
    if name in _WHEN_USED:
        from importlib import import_module

        return getattr(import_module(f".{_WHEN_USED[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
