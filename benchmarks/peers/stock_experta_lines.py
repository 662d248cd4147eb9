"""JSON Lines to JSON Lines with stock experta, as a program of its own.

Run it in the folder ``benchmarks``:

    python -m peers.stock_experta_lines IN OUT

A line is ``{"perspective": …, "evidence": {id: true, false or a certainty}}``; it gets verdict, the certainties of
causes, and the ids of the responses that are recommended, in the base's order.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pushaway
from pushaway.knowledge import KnowledgeBase

from .reasoning import HOLDS_ABOVE, Found, number
from .stock_experta import build


def main(given: str, result: str) -> None:
    """Answer every line of a file in another."""
    base = pushaway.load()
    run = build(base)
    with open(given, encoding="utf-8") as lines, open(result, "w", encoding="utf-8") as out:
        for line in lines:
            case = json.loads(line)
            found = run(case["evidence"], case["perspective"])
            out.write(json.dumps(told(base, found, **case), separators=(",", ":")) + "\n")


def told(base: KnowledgeBase, found: Found, perspective: str, evidence: dict[str, bool | float]) -> dict[str, Any]:
    """Return what is told of a case."""
    causes = {one.id: found.certainties[one.id] for one in base.causes}
    believed = sum(certainty > HOLDS_ABOVE for certainty in causes.values())
    known = {id: number(one) for id, one in evidence.items()} | dict(found.certainties)
    alarms = {one.fact for one in base.safeguards}
    called = frozenset(found.responses)
    return {
        "verdict": "none" if not believed else "one" if believed == 1 else "several",
        "causes": causes,
        "responses": [
            one.id
            for one in base.responses
            if one.id in called
            and perspective in one.audience
            and not any(known.get(id, 0.0) > (0 if id in alarms else HOLDS_ABOVE) for id in one.withheld_by)
        ],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
