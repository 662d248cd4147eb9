"""What was said to a command, understood or not; where it may speak of danger, help comes before an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..knowledge import KnowledgeBase

_ARGUMENTS, _CONTENTS, _BASE = (f"{__name__}.{what}" for what in ("arguments", "contents", "base"))
"""Where it is kept while the command runs, and no longer."""


def heard(contents: bytes) -> bytes:
    """Keep in mind what was read from a file or from standard input, and return it."""
    if context := click.get_current_context(silent=True):
        context.meta.setdefault(_CONTENTS, []).append(contents)
    return contents


def help_from(base: KnowledgeBase) -> None:
    """Keep in mind the base whose help is to be shown; it is the shipped one otherwise."""
    if context := click.get_current_context(silent=True):
        context.meta[_BASE] = base


@contextmanager
def helping(context: click.Context, arguments: list[str] | None = None) -> Iterator[None]:
    """Show help before an error where the arguments of the process, or what was read, may speak of danger."""
    if arguments is not None:
        context.meta[_ARGUMENTS] = [*arguments]
    try:
        yield
    except click.ClickException:
        _offer_help(context)
        raise


def _offer_help(context: click.Context) -> None:
    if not (said := {*_said(context)}):
        return
    from ..knowledge import load, mentioned  # here, as only an error should pay for it
    from .output import print_sections, print_text
    from .report import help_for

    base: KnowledgeBase = context.meta.get(_BASE) or load()
    if alarms := {id for words in said for id in mentioned(base, words)}:
        print_sections(help_for(base, alarms), err=True)
        print_text("", err=True)


def _said(context: click.Context) -> Iterator[str]:
    arguments: list[str] = context.meta.get(_ARGUMENTS, [])
    if arguments:
        yield " ".join(arguments)  # a sentence may stand there without quotes around it
    for argument in arguments:
        yield from (argument, *argument.split("="))
    for contents in context.meta.get(_CONTENTS, ()):
        import json

        yield (text := contents.decode(json.detect_encoding(contents), "replace"))
        if "\ufffd" in text:
            yield contents.decode("cp1252", "replace")  # in which ’ is no UTF-8
