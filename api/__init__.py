"""pushaway: an expert system on why someone who is sad pushes people away.

>>> import pushaway
>>> answer = pushaway.infer({"stressed": True, "drained": 0.6}, perspective="self")
>>> answer.causes[0].id
'overwhelmed'
"""

from typing import TYPE_CHECKING

from .engine.version import VERSION as __version__  # noqa: N811 # the name that Python users look for
from .knowledge.importing import on_use

if TYPE_CHECKING:
    from .engine import Answer, Engine, EvidenceError, infer, infer_many, infer_table
    from .engine.audit import AuditReport, audit
    from .engine.batch.evaluator import Evaluator
    from .engine.batch.outcomes import Outcomes
    from .engine.batch.records import Outcome
    from .engine.consultation import Consultation, ConsultationError
    from .engine.explanation import Explanation
    from .engine.recording import Record, RecordError
    from .engine.replaying import Replay
    from .knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, check, load, mentioned, resolve
    from .knowledge.shape import schema

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
    "Record",
    "RecordError",
    "Replay",
    "UnknownNameError",
    "__version__",
    "audit",
    "check",
    "infer",
    "infer_many",
    "infer_table",
    "load",
    "mentioned",
    "resolve",
    "schema",
]

__getattr__, __dir__ = on_use(
    __name__,
    {
        ".engine": ("Answer", "Engine", "EvidenceError", "infer", "infer_many", "infer_table"),
        ".engine.audit": ("AuditReport", "audit"),
        ".engine.batch.evaluator": ("Evaluator",),
        ".engine.batch.outcomes": ("Outcomes",),
        ".engine.batch.records": ("Outcome",),
        ".engine.consultation": ("Consultation", "ConsultationError"),
        ".engine.explanation": ("Explanation",),
        ".engine.recording": ("Record", "RecordError"),
        ".engine.replaying": ("Replay",),
        ".knowledge": (
            "KnowledgeBase",
            "KnowledgeError",
            "Problem",
            "UnknownNameError",
            "check",
            "load",
            "mentioned",
            "resolve",
        ),
        ".knowledge.shape": ("schema",),
    },
)
