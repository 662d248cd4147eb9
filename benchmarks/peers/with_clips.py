"""CLIPS through clipspy, on the program that ``pushaway export --to clips`` writes.

The fastest way that was found from Python and back: facts as one string, ``load_facts``, and what was found read in
one call, as one string. That also keeps clear of a leak: clipspy 1.0.6 does not release any fact that Python sees.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import clips

from pushaway.engine.clips import clips as exported
from pushaway.knowledge import KnowledgeBase

from .reasoning import Found, Given, Run, number

_READ = """
(deffunction found ()
  (bind ?found (create$))
  (do-for-all-facts ((?c certainty)) TRUE (bind ?found (create$ ?found ?c:id ?c:value)))
  (bind ?found (create$ ?found :))
  (do-for-all-facts ((?f fired)) TRUE (bind ?found (create$ ?found ?f:rule)))
  (bind ?found (create$ ?found :))
  (do-for-all-facts ((?r response)) TRUE (bind ?found (create$ ?found ?r:id)))
  (bind ?found (create$ ?found :))
  (do-for-all-facts ((?s safeguard)) TRUE (bind ?found (create$ ?found ?s:id)))
  (implode$ ?found))
"""


class _Program:
    """A base's export, loaded into CLIPS."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.environment = clips.Environment()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "base.clp")
            file.write_text(exported(base), encoding="utf-8")
            self.environment.load(str(file))
        self.environment.build(_READ)

    def run(self, evidence: Given, perspective: str) -> None:
        told = "".join(f"(evidence (id {id}) (certainty {number(one)!r}))" for id, one in evidence.items())
        self.environment.reset()
        self.environment.load_facts(f"(perspective {perspective}){told}")
        self.environment.run()


def build(base: KnowledgeBase) -> Run:
    """Return what reasons from evidence with a base's rules, and reads what was found."""
    program = _Program(base)
    conclusions = frozenset(base.conclusion)

    def run(evidence: Given, perspective: str) -> Found:
        program.run(evidence, perspective)
        certainties, fired, responses, safeguards = program.environment.eval("(found)").split(":")
        listed = iter(certainties.split())
        known = {id: float(one) for id, one in zip(listed, listed, strict=True) if id in conclusions}
        return Found(fired.split(), known, responses.split(), safeguards.split())

    return run


def build_unread(base: KnowledgeBase) -> Run:
    """Return the same without reading: what it finds stays in CLIPS, and nothing of it is returned."""
    return _Program(base).run  # type: ignore[return-value] # nothing to compare
