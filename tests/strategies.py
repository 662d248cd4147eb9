"""Hypothesis strategies for whole small bases, as their JSON documents, and for evidence about them."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from hypothesis import strategies as st

PERSPECTIVES = ("self", "observer", "neighbour")
_HASH = "0" * 64
_CITED = [{"paragraph": 1, "sha256": _HASH}]
LEVELS = {f"{'for' if step > 0 else 'against'}-{abs(step):03d}": step / 100 for step in range(-95, 100, 5) if step}

# Around 0, around the border of belief on either side of the tolerance, and at the ends.
_BORDERS = (0, -0.0, 0.2, -0.2, 0.2 + 5e-10, 0.2 + 1e-8, -0.2 - 1e-8, 1e-12, 1, 1.0, -1)
Given = dict[str, bool | float]
certainties: st.SearchStrategy[bool | float] = st.one_of(
    st.booleans(), st.integers(-20, 20).map(lambda step: step / 20), st.sampled_from(_BORDERS)
)


class Drawn(NamedTuple):
    """A base's documents by file name, the ids that evidence can be about, and the seed it was drawn from."""

    documents: dict[str, Any]
    facts: list[str]
    conclusions: list[str]
    seed: int = 0


def bases(*, most_rules: int = 25) -> st.SearchStrategy[Drawn]:
    """Draw bases: facts of three kinds, conclusions in layers, rules, responses and safeguards.

    Hypothesis draws the sizes, so that it can shrink them; the rest comes from a seed, which is
    a hundred times faster than to let it draw every part of every condition.
    """
    return st.builds(
        _drawn,
        rules=st.integers(1, most_rules),
        facts=st.integers(2, 7),
        mechanisms=st.integers(0, 4),
        causes=st.integers(1, 3),
        depth=st.integers(0, 3),
        seed=st.integers(0, 2**32),
    )


def _drawn(rules: int, facts: int, mechanisms: int, causes: int, depth: int, seed: int) -> Drawn:
    chance = random.Random(seed)
    fact_ids = [f"fact-{number}" for number in range(facts)]
    mechanism_ids = [f"mechanism-{number}" for number in range(mechanisms)]
    cause_ids = [f"cause-{number}" for number in range(causes)]
    # Whatever comes later in this order may rest on what comes before: layers of any depth, in any order.
    layers = chance.sample(mechanism_ids + cause_ids, mechanisms + causes)
    all_rules = []
    for number in range(rules):
        layer = chance.randrange(len(layers))
        condition = _condition(chance, fact_ids + layers[:layer], depth)
        all_rules.append(_rule(number, condition, layers[layer], chance.choice([*LEVELS])))
    split = chance.randint(1, rules)
    responses = [
        _response(
            number, _condition(chance, fact_ids + layers, depth), chance.sample(fact_ids + layers, chance.randrange(2))
        )
        for number in range(chance.randrange(4))
    ]
    documents = {
        "base.json": _base(),
        "scales.json": _scales(LEVELS),
        "source.json": _source(),
        "facts-0.json": _facts("safeguard", fact_ids[:2]),
        "facts-1.json": _facts("sign", fact_ids[2:4]),
        "facts-2.json": _facts("finding", fact_ids[4:]),
        "conclusions.json": _conclusions(mechanism_ids, cause_ids, chance, fact_ids),
        "rules-0.json": {"kind": "rules", "title": "Some", "rules": all_rules[:split]},
        "rules-1.json": {"kind": "rules", "title": "More", "rules": all_rules[split:]},
        "responses.json": {"kind": "responses", "responses": responses},
        "safeguards.json": safeguards([chance.choice(fact_ids[:2]) for _ in range(chance.randrange(3))]),
    }
    empty = [name for name, one in documents.items() if one.get("facts") == [] or one.get("rules") == []]
    kept = {name: one for name, one in documents.items() if name not in empty}
    return Drawn(kept, fact_ids, mechanism_ids + cause_ids, seed)


def _condition(chance: random.Random, names: list[str], depth: int) -> Any:
    """Return a condition of any form about some of the names, nested up to a depth."""
    if depth and chance.random() < 0.55:
        parts = [_condition(chance, names, depth - 1) for _ in range(chance.choice([1, 2, 2, 3, 3, 4]))]
        needed = {"at_least": chance.randint(1, len(parts)), "of": parts}
        return chance.choice([{"all": parts}, {"any": parts}, needed])
    name = chance.choice(names)
    asked_as = {"perspective": chance.choice(PERSPECTIVES)}
    return chance.choice([name, name, name, name, {"absent": name}, {"unless": name}, asked_as])


def consultations(drawn: Drawn, count: int) -> list[tuple[Given, str]]:
    """Return pieces of evidence about a base, more often about facts than about conclusions, and a perspective."""
    chance = random.Random(drawn.seed)
    given = []
    for number in range(count):
        names = drawn.facts + (drawn.conclusions if number % 3 == 0 else [])
        known = chance.sample(names, chance.randint(0, len(names)))
        given.append(({name: _certainty(chance) for name in known}, chance.choice(PERSPECTIVES)))
    return given


def _certainty(chance: random.Random) -> bool | float:
    kind = chance.randrange(5)
    if kind < 2:
        return chance.choice([True, True, False])
    if kind < 4:
        return chance.randint(-20, 20) / 20
    return chance.choice([*_BORDERS, chance.uniform(-1, 1)])


def evidence(names: list[str], most: int = 12) -> st.SearchStrategy[Given]:
    """Draw evidence about some of the names."""
    return st.dictionaries(st.sampled_from(names), certainties, max_size=most)


def small_base(
    rules: list[tuple[Any, str, float]],
    facts: list[str],
    mechanisms: list[str] | None = None,
    causes: list[str] | None = None,
) -> Drawn:
    """Return a base by hand: rules as condition, conclusion and level; `cause` is its one cause if none is named."""
    levels = {_level(level): level for _, _, level in rules}
    documents = {
        "base.json": _base(),
        "scales.json": _scales(levels),
        "source.json": _source(),
        "facts.json": _facts("finding", facts),
        "conclusions.json": _conclusions(mechanisms or [], causes or ["cause"]),
        "rules.json": {
            "kind": "rules",
            "title": "All",
            "rules": [_rule(number, *rule[:2], _level(rule[2])) for number, rule in enumerate(rules)],
        },
    }
    return Drawn(documents, facts, [*(mechanisms or []), *(causes or ["cause"])])


def _level(value: float) -> str:
    return f"level-{'minus-' if value < 0 else ''}{abs(value) * 100:.0f}"


def _base() -> Any:
    return {
        "kind": "base",
        "format": "1",
        "id": "drawn",
        "version": "1.0.0",
        "language": "en",
        "title": "A base for tests",
        "perspectives": [{"id": id, "label": id} for id in PERSPECTIVES],
        "verdicts": {"none": "None.", "one": "One.", "several": "Several."},
        "interview": dict.fromkeys(("who", "noticed", "safeguards", "beyond"), "Tell."),
        "notice": "A notice.",
        "notice_signs_only": "Another notice.",
    }


def _scales(levels: dict[str, float]) -> Any:
    return {
        "kind": "scales",
        "certainty": {
            "reason": "For tests.",
            "levels": [{"id": id, "value": value, "meaning": id} for id, value in levels.items()],
        },
        "answers": [{"id": "yes", "certainty": 1, "label": "yes"}, {"id": "no", "certainty": -1, "label": "no"}],
    }


def _source() -> Any:
    return {
        "kind": "source",
        "title": "An article",
        "normalisation": "None.",
        "paragraphs": [{"number": 1, "sha256": _HASH}],
        "guidelines": [{"id": "guideline", "title": "A guideline", "publisher": "Somebody", "year": 2000}],
    }


def _facts(kind: str, ids: list[str]) -> Any:
    questions = dict.fromkeys(PERSPECTIVES, "Is it so?")
    return {
        "kind": "facts",
        "of": kind,
        "facts": [{"id": id, "label": id, "lay": [], "questions": questions, "source": _CITED} for id in ids],
    }


def _conclusions(
    mechanisms: list[str], causes: list[str], chance: random.Random | None = None, facts: list[str] | None = None
) -> Any:
    """Return conclusions; with a chance, some causes lead where one of the facts is believed."""

    def all_of(ids: list[str]) -> list[Any]:
        return [{"id": id, "name": id, "text": id, "source": _CITED} for id in ids]

    ranked = all_of(causes)
    for cause in ranked:
        if chance is not None and chance.random() < 0.3:
            cause["leads_when"] = chance.sample(facts or [], 1)
    return {"kind": "conclusions", "mechanisms": all_of(mechanisms), "causes": ranked}


def _rule(number: int, condition: Any, conclusion: str, level: str) -> Any:
    return {
        "id": f"rule-{number}",
        "title": f"Rule {number}.",
        "if": condition,
        "then": conclusion,
        "level": level,
        "basis": "stated",
        "rationale": "For tests.",
        "source": _CITED,
        "examples": [{"evidence": {}, "fires": False}],
    }


def _response(number: int, condition: Any, withheld_by: list[str]) -> Any:
    return {
        "id": f"response-{number}",
        "text": "Do something.",
        "audience": [*PERSPECTIVES],
        "when": condition,
        "withheld_by": withheld_by,
        "order": 1 + number,
        "source": _CITED,
    }


def safeguards(alarms: list[str]) -> Any:
    """Return a document of safeguards, one for each fact that calls for one."""
    return {
        "kind": "safeguards",
        "safeguards": [
            {
                "id": f"safeguard-{number}",
                "title": "Safety first",
                "text": "Get help.",
                "when": fact,
                "audience": [*PERSPECTIVES],
                "basis": "guideline",
                "rationale": "For tests.",
                "source": [{"guideline": "guideline"}],
            }
            for number, fact in enumerate(alarms)
        ],
        "helplines": [],
    }
