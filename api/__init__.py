"""pushaway: an expert system on why someone who is sad pushes people away.

>>> import pushaway
>>> answer = pushaway.infer({"stressed": True, "drained": 0.6}, perspective="self")
>>> answer.causes[0].id
'overwhelmed'
"""

from .engine import Answer, Engine, EvidenceError, infer
from .engine.version import VERSION as __version__  # noqa: N811 # the name that Python users look for
from .knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, check, load, resolve

__all__ = [
    "Answer",
    "Engine",
    "EvidenceError",
    "KnowledgeBase",
    "KnowledgeError",
    "Problem",
    "UnknownNameError",
    "__version__",
    "check",
    "infer",
    "load",
    "resolve",
]
