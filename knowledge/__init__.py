"""What is known: the model of a knowledge base, its schemas, its loader, and the base that ships."""

from .loading import check, load
from .model import KnowledgeBase
from .names import UnknownNameError, resolve
from .problems import KnowledgeError, Problem

__all__ = ["KnowledgeBase", "KnowledgeError", "Problem", "UnknownNameError", "check", "load", "resolve"]
