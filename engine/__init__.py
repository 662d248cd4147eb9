"""How it reasons: certainty factors, experta, traces and answers."""

from .answer import Answer
from .engine import Engine, infer, infer_many, infer_table
from .evidence import EvidenceError

__all__ = ["Answer", "Engine", "EvidenceError", "infer", "infer_many", "infer_table"]
