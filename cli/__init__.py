"""How people talk to it: commands that parse and call, and what they print."""

from .main import main

__all__ = ["main"]
