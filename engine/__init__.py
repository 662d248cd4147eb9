"""How it reasons: certainty factors, experta, traces and answers."""

from typing import TYPE_CHECKING

from ..knowledge.importing import on_use

if TYPE_CHECKING:
    from .answer import Answer
    from .engine import Engine, infer, infer_many, infer_table
    from .evidence import EvidenceError

__all__ = ["Answer", "Engine", "EvidenceError", "infer", "infer_many", "infer_table"]

__getattr__, __dir__ = on_use(
    __name__,
    {
        ".answer": ("Answer",),
        ".engine": ("Engine", "infer", "infer_many", "infer_table"),
        ".evidence": ("EvidenceError",),
    },
)
