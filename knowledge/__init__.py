"""What is known: the model of a knowledge base, its schemas, its loader, and the base that ships."""

from typing import TYPE_CHECKING

from .importing import on_use

if TYPE_CHECKING:
    from .loading import check, load
    from .model import KnowledgeBase
    from .names import UnknownNameError, mentioned, resolve
    from .problems import KnowledgeError, Problem

__all__ = ["KnowledgeBase", "KnowledgeError", "Problem", "UnknownNameError", "check", "load", "mentioned", "resolve"]

__getattr__, __dir__ = on_use(
    __name__,
    {
        ".loading": ("check", "load"),
        ".model": ("KnowledgeBase",),
        ".names": ("UnknownNameError", "mentioned", "resolve"),
        ".problems": ("KnowledgeError", "Problem"),
    },
)
