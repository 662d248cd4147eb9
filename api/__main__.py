"""Lets ``python -m pushaway`` do what the command ``pushaway`` does."""

from .cli import run

run()
