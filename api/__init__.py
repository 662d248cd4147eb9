"""pushaway: an expert system on why someone who is sad pushes people away.

>>> import pushaway
>>> answer = pushaway.infer({"stressed": True, "drained": 0.6}, perspective="self")
>>> answer.causes[0].id
'overwhelmed'
"""

from .engine import Answer, Engine, EvidenceError, infer
from .knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, check, load, resolve

__all__ = [
    "Answer",
    "Engine",
    "EvidenceError",
    "KnowledgeBase",
    "KnowledgeError",
    "Problem",
    "UnknownNameError",
    "check",
    "infer",
    "load",
    "resolve",
]
