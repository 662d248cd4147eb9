"""What a schema cannot see: whether the documents of a base fit each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

from .conditions import ids, parse
from .declarations import (
    REQUIRED,
    SINGLE,
    Declared,
    Documents,
    Place,
    Table,
    declared,
    either,
    items_at,
    of_unknown_kind,
)
from .names import normal
from .problems import Problem, did_you_mean, pointer, quoted

_Kinds = defaultdict[str, list[str]]
"""The files of each kind of document."""


def fit_problems(documents: Documents, well_shaped: Collection[str], *, all_read: bool) -> Iterator[Problem]:
    """Yield what does not fit between documents; only those of the right shape are looked into.

    Where some could not be read, or do not say what they are, nothing is called missing or unknown:
    it may stand in them.
    """
    known = declared(documents, all_read=all_read)
    kinds = _by_kind(documents)
    yield from _missing_documents(kinds, all_known=all_read and not of_unknown_kind(documents))
    yield from _twice(known, kinds)
    for file in sorted(well_shaped):
        document = documents[file]
        look = _LOOK.get(document["kind"])
        if look:
            yield from look(file, document, known)
    sound = [documents[file] for file in sorted(well_shaped)]
    yield from _names_twice({file: documents[file] for file in sorted(well_shaped)})
    if len(sound) == len(documents):
        yield from _cycles(documents, known)


def _by_kind(documents: Documents) -> _Kinds:
    kinds: _Kinds = defaultdict(list)
    for file, document in documents.items():
        if isinstance(document, dict) and isinstance(document.get("kind"), str):
            kinds[document["kind"]].append(file)
    return kinds


def _missing_documents(kinds: _Kinds, *, all_known: bool) -> Iterator[Problem]:
    for kind in REQUIRED if all_known else ():
        if not kinds[kind]:
            yield Problem(f"{kind}.json", "", f"no document of the kind `{kind}`", "Add one to the base's folder.")
    for kind in SINGLE:
        for file in kinds[kind][1:]:
            yield Problem(file, "/kind", f"a second document of the kind `{kind}`", f"Keep it in `{kinds[kind][0]}`.")


def _twice(known: Declared, kinds: _Kinds) -> Iterator[Problem]:
    second = {file for kind in SINGLE for file in kinds[kind][1:]}  # told as such, so not item by item too
    spaces: list[tuple[str, list[Table]]] = [
        ("id", [known.facts, known.conclusions]),
        ("rule", [known.rules]),
        ("response", [known.responses, known.safeguards]),
        ("helpline", [known.helplines]),
        ("case", [known.cases]),
        ("requirement", [known.requirements]),
        ("level", [known.levels]),
        ("answer", [known.answers]),
        ("perspective", [known.perspectives]),
        ("guideline", [known.guidelines]),
        ("paragraph", [known.paragraphs]),
    ]
    for what, tables in spaces:
        places: dict[Any, list[Place]] = defaultdict(list)
        for table in tables:
            for name, where in table.items():
                places[name] += where
        for name, (first, *others) in places.items():
            for file, at in (place for place in others if place[0] not in second):
                wrong = f"{what} {quoted(name)} is declared twice"
                yield Problem(file, at, wrong, f"Rename or remove it; it also stands at {first[0]}#{first[1]}.")


def _names_twice(documents: Documents) -> Iterator[Problem]:
    """Labels and lay expressions lead to one fact each, or a question could be answered for the wrong one."""
    owner: dict[str, str] = {}
    for round_ in ("id", "other"):
        for file, document in documents.items():
            for key in ("facts", "mechanisms", "causes"):
                for at, item in items_at(document, (key,)):
                    for step, name in _spoken(item, round_):
                        if not normal(name):
                            wrong = f"{quoted(name)} has no letter and no digit"
                            yield Problem(file, pointer(key, at, *step), wrong, "Use words that people can type.")
                            continue
                        first = owner.setdefault(normal(name), item["id"])
                        if first != item["id"]:
                            yield Problem(
                                file,
                                pointer(key, at, *step),
                                f"{quoted(name)} already names `{first}`",
                                "Use an expression that means one thing only.",
                            )


def _spoken(item: Any, round_: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if round_ == "id":
        yield ("id",), item["id"]
        return
    for key in ("label", "name"):
        if key in item:
            yield (key,), item[key]
    for at, lay in enumerate(item.get("lay", [])):
        yield ("lay", at), lay


def _unknown(file: str, at: str, what: str, name: str, known: Table, elsewhere: str = "") -> Iterator[Problem]:
    if name not in known and not known.partial:
        remedy = did_you_mean(name, known, elsewhere or f"Declare it, or use a {what} that is declared.")
        yield Problem(file, at, f"unknown {what} {quoted(name)}", remedy)


def _condition(file: str, at: str, data: Any, known: Declared) -> Iterator[Problem]:
    if isinstance(data, str):
        yield from _unknown(file, at, "fact", data, known.items)
        return
    for key in ("absent", "unless"):
        if key in data:
            yield from _unknown(file, at + pointer(key), "fact", data[key], known.items)
    if "perspective" in data:
        yield from _unknown(file, at + "/perspective", "perspective", data["perspective"], known.perspectives)
    if "at_least" in data and data["at_least"] > len(data["of"]):
        wrong = f"at least {data['at_least']} of {len(data['of'])} can never hold"
        yield Problem(file, at + "/at_least", wrong, "Lower it, or name more parts.")
    for key in ("all", "any", "of"):
        for index, part in enumerate(data.get(key, [])):
            yield from _condition(file, at + pointer(key, index), part, known)


def _citations(file: str, at: str, citations: Any, known: Declared) -> Iterator[Problem]:
    for index, citation in enumerate(citations):
        here = at + pointer(index)
        if "guideline" in citation:
            yield from _unknown(file, here + "/guideline", "guideline", citation["guideline"], known.guidelines)
        elif citation["paragraph"] not in known.paragraphs:
            if known.paragraphs.partial:
                continue
            wrong = f"the source has no paragraph {citation['paragraph']}"
            yield Problem(file, here + "/paragraph", wrong, "Cite a paragraph that the source document lists.")
        elif known.hashes.get(citation["paragraph"], citation["sha256"]) != citation["sha256"]:
            wrong = f"the hash is not that of paragraph {citation['paragraph']}"
            yield Problem(file, here + "/sha256", wrong, "Copy it from the source document, or cite another paragraph.")


def _evidence(file: str, at: str, evidence: Any, known: Declared) -> Iterator[Problem]:
    for name in evidence:
        yield from _unknown(file, at + pointer(name), "fact", name, known.items)


def _facts(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for index, item in enumerate(document["facts"]):
        at = pointer("facts", index)
        for perspective in item["questions"]:
            yield from _unknown(
                file, at + pointer("questions", perspective), "perspective", perspective, known.perspectives
            )
        yield from _citations(file, at + "/source", item.get("source", []), known)
        if document["of"] != "beyond" and not item["source"]:
            yield Problem(file, at + "/source", f"{quoted(item['id'])} has no source", "Cite a paragraph or guideline.")


def _conclusions(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for key in ("mechanisms", "causes"):
        for index, item in enumerate(document[key]):
            at = pointer(key, index)
            for place, name in enumerate(item.get("leads_when", [])):
                yield from _unknown(file, at + pointer("leads_when", place), "fact", name, known.items)
            yield from _citations(file, at + "/source", item["source"], known)
            if not item["source"]:
                yield Problem(file, at + "/source", f"{quoted(item['id'])} has no source", "Cite a paragraph.")


def _rules(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for index, item in enumerate(document["rules"]):
        at = pointer("rules", index)
        yield from _condition(file, at + "/if", item["if"], known)
        for id in ids(parse(item["if"])):
            if known.kinds.get(id) == "beyond":
                wrong = f"the rule uses {quoted(id)}, which is beyond the source"
                yield Problem(
                    file, at + "/if", wrong, "Such a fact supports nothing: use another, or make it a finding."
                )
        elsewhere = "A rule concludes a mechanism or a cause."
        yield from _unknown(file, at + "/then", "conclusion", item["then"], known.conclusions, elsewhere)
        yield from _unknown(file, at + "/level", "level", item["level"], known.levels, "Use a level of the scale.")
        yield from _citations(file, at + "/source", item["source"], known)
        if item["basis"] != "judgement" and not any("paragraph" in citation for citation in item["source"]):
            wrong = f"the rule is {item['basis']} and cites no paragraph"
            yield Problem(file, at + "/source", wrong, "Cite the paragraph, or call it a judgement.")
        if item["id"] == "evidence":
            wrong = "a rule cannot be called `evidence`"
            yield Problem(file, at + "/id", wrong, "Answers use that name for what was told; choose another.")
        for place, example in enumerate(item["examples"]):
            here = at + pointer("examples", place)
            yield from _evidence(file, here + "/evidence", example["evidence"], known)
            if "perspective" in example:
                name = example["perspective"]
                yield from _unknown(file, here + "/perspective", "perspective", name, known.perspectives)


def _audience(file: str, at: str, item: Any, known: Declared) -> Iterator[Problem]:
    for place, name in enumerate(item["audience"]):
        yield from _unknown(file, at + pointer("audience", place), "perspective", name, known.perspectives)


def _responses(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for index, item in enumerate(document["responses"]):
        at = pointer("responses", index)
        yield from _audience(file, at, item, known)
        yield from _condition(file, at + "/when", item["when"], known)
        for place, name in enumerate(item.get("withheld_by", [])):
            yield from _unknown(file, at + pointer("withheld_by", place), "fact", name, known.items)
        yield from _citations(file, at + "/source", item["source"], known)
        if not item["source"]:
            yield Problem(file, at + "/source", f"{quoted(item['id'])} has no source", "Cite a paragraph.")


def _safeguards(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for index, item in enumerate(document["safeguards"]):
        at = pointer("safeguards", index)
        yield from _audience(file, at, item, known)
        yield from _unknown(file, at + "/when", "fact", item["when"], known.facts)
        yield from _alarm(file, at, item, known)
        yield from _citations(file, at + "/source", item["source"], known)
        if not any("guideline" in citation for citation in item["source"]):
            yield Problem(file, at + "/source", "the safeguard names no guideline", "Cite the one that it rests on.")
    for index, item in enumerate(document["helplines"]):
        if not _is_date(item["verified"]):
            wrong = f"{quoted(item['verified'])} is not in the calendar"
            yield Problem(file, pointer("helplines", index, "verified"), wrong, "Give year, month and day.")
        for place, name in enumerate(item["for"]):
            at = pointer("helplines", index, "for", place)
            yield from _unknown(file, at, "safeguard", name, known.safeguards)


def _alarm(file: str, at: str, safeguard: Any, known: Declared) -> Iterator[Problem]:
    fact = safeguard["when"]
    if fact not in known.facts:
        return
    if known.kinds[fact] != "safeguard":
        wrong = f"{quoted(fact)} is not a fact of the kind safeguard"
        yield Problem(file, at + "/when", wrong, "Name one: only those call for safeguards.")
    for place, perspective in enumerate(safeguard["audience"]):
        if perspective in known.perspectives and perspective not in known.asked[fact]:
            wrong = f"nobody asks for {quoted(fact)} as {quoted(perspective)}"
            here = at + pointer("audience", place)
            yield Problem(file, here, wrong, "Give the fact a question for that perspective.")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _cases(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    tables = {
        "causes": ("cause", known.causes),
        "safeguards": ("safeguard", known.safeguards),
        "words": ("conclusion", known.conclusions),
    }
    recommended = ("response", either(known.responses, known.safeguards))
    for index, item in enumerate(document["cases"]):
        at = pointer("cases", index)
        name = item["perspective"]
        yield from _unknown(file, at + "/perspective", "perspective", name, known.perspectives)
        yield from _evidence(file, at + "/evidence", item["evidence"], known)
        for key, names in item["expect"].items():
            if key == "verdict":
                continue
            for place, name in ((one, one) for one in names) if key == "words" else enumerate(names):
                here = at + pointer("expect", key, place)
                what, table = tables.get(key, recommended)
                yield from _unknown(file, here, what, name, table)


def _charter(file: str, document: Any, known: Declared) -> Iterator[Problem]:
    for index, item in enumerate(document.get("exclusions", [])):
        for place, name in enumerate(item["ids"]):
            yield from _unknown(file, pointer("exclusions", index, "ids", place), "fact", name, known.items)
    lists = {
        "when": ("fact", known.items),
        "safeguards": ("safeguard", known.safeguards),
        "never": ("response", known.responses),
    }
    for index, item in enumerate(document.get("requirements", [])):
        at = pointer("requirements", index)
        for key, (what, table) in lists.items():
            for place, name in enumerate(item.get(key, [])):
                yield from _unknown(file, at + pointer(key, place), what, name, table)
        if "first" in item:
            yield from _unknown(file, at + "/first", "cause", item["first"], known.causes)


_LOOK: dict[str, Callable[[str, Any, Declared], Iterator[Problem]]] = {
    "facts": _facts,
    "conclusions": _conclusions,
    "rules": _rules,
    "responses": _responses,
    "safeguards": _safeguards,
    "cases": _cases,
    "charter": _charter,
}


def _cycles(documents: Documents, known: Declared) -> Iterator[Problem]:
    """Conclusions come in layers: one that rests on itself could never be settled."""
    needs: dict[str, dict[str, Place]] = defaultdict(dict)
    for file, document in documents.items():
        for index, item in items_at(document, ("rules",)):
            for id in ids(parse(item["if"])) if item["then"] in known.conclusions else ():
                needs[item["then"]].setdefault(id, (file, pointer("rules", index, "if")))
    done: set[str] = set()
    for start in list(needs):
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(needs[start]))]
        path = {start: None}
        while stack:
            here, onward = stack[-1]
            step = next((one for one in onward if one in needs and one not in done), None)
            if step is None:
                done.add(here)
                path.pop(here, None)
                stack.pop()
            elif step in path:
                ring = [*path][[*path].index(step) :]
                file, at = needs[here][step]
                wrong = f"{' rests on '.join(map(quoted, [*ring, step]))}: a circle"
                yield Problem(file, at, wrong, "Let one of these rules rest on facts instead.")
            else:
                path[step] = None
                stack.append((step, iter(needs[step])))
