"""An audit as one page of HTML that needs nothing beside it: no network, no other file, no storage."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

from ..engine.audit import AuditReport
from ..knowledge.audit.checks import Severity
from ..knowledge.model import KnowledgeBase
from . import page_views as views
from .drawing_graph import WIDTH, drawn
from .options import MisuseError
from .page_cards import groups
from .page_names import Names, anchor, basis_words, kind_of
from .report import capital

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = os.path.join(os.path.dirname(__file__), "templates")


def page(report: AuditReport, base: KnowledgeBase) -> str:
    """Return a report as a page of HTML. Raises MisuseError where Jinja2 is missing."""
    names = Names(base)
    environment = _environment(names)
    style, script = _asset("audit.css"), _asset("audit.js")
    return environment.get_template("audit.html.j2").render(
        report=report,
        base=base,
        style=style,
        script=script,
        policy=(
            f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        verdict=views.verdict(report),
        figures=tuple(views.figures(report)),
        shares=views.shares(report.figures.basis),
        findings=views.findings(report, names),
        severities=[(one.value, views.PLURAL[one]) for one in Severity],
        checks=views.checks(report),
        proofs=views.proofs(report, names),
        groups=groups(report, names),
        drawing=drawn(base),
        node_width=WIDTH,
        passages=views.passages(report, names),
        steps=views.steps(report),
        level_rows=views.level_rows(report, base),
        flipped=views.flipped(report, names),
        joint=views.joint(report, names),
        operators=views.operators(report),
        survivors=views.survivors(report, names),
    )


def _environment(names: Names) -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MisuseError("The page needs Jinja2: install `pushaway[audit]`.") from None
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(anchor=anchor, basis_words=basis_words)
    environment.filters.update(
        signed=views.signed,
        pieces=lambda text: views.pieces(text, names),
        sentence=capital,
        node_kind=lambda node: kind_of(node.part, node.kind),
        whole=lambda bar: bar.many + bar.rest,
    )
    return environment


def _asset(name: str) -> str:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as stream:
        return stream.read()


def _hash(text: str) -> str:
    """Return the source of an inline style or script as a Content-Security-Policy names it, by its hash."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
