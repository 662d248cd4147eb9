"""pushaway: an expert system on why someone who is sad pushes people away.

>>> import pushaway
>>> answer = pushaway.infer({"stressed": True, "drained": 0.6}, perspective="self")
>>> answer.causes[0].id
'overwhelmed'
"""

from typing import TYPE_CHECKING, Any

from .engine import Answer, Engine, EvidenceError, infer
from .engine.version import VERSION as __version__  # noqa: N811 # the name that Python users look for
from .knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, check, load, resolve

if TYPE_CHECKING:
    from .engine.audit import AuditReport, audit
    from .engine.consultation import Consultation, ConsultationError
    from .engine.explanation import Explanation

__all__ = [
    "Answer",
    "AuditReport",
    "Consultation",
    "ConsultationError",
    "Engine",
    "EvidenceError",
    "Explanation",
    "KnowledgeBase",
    "KnowledgeError",
    "Problem",
    "UnknownNameError",
    "__version__",
    "audit",
    "check",
    "infer",
    "load",
    "resolve",
]


def __getattr__(name: str) -> Any:
    """Import what a single answer can do without when it is first used (PEP 562)."""
    if name in ("AuditReport", "audit"):
        from .engine import audit

        return getattr(audit, name)
    if name in ("Consultation", "ConsultationError"):
        from .engine import consultation

        return getattr(consultation, name)
    if name == "Explanation":
        from .engine import explanation

        return explanation.Explanation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
