"""How it reasons: certainty factors, experta, traces and answers."""

from .answer import Answer
from .engine import Engine, infer
from .evidence import EvidenceError

__all__ = ["Answer", "Engine", "EvidenceError", "infer"]
