"""From documents that are known to be sound to the model: the only place that knows both forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import model
from .conditions import parse
from .frozen import Frozen
from .passages import digest


class _Documents:
    """The items of each kind of document, in the order of file names."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._of_kind: dict[str, list[Any]] = {}
        for _, document in sorted(documents.items()):
            self._of_kind.setdefault(document["kind"], []).append(document)

    def one(self, kind: str) -> Any:
        return self._of_kind[kind][0]

    def every(self, kind: str) -> list[Any]:
        return self._of_kind.get(kind, [])

    def items(self, kind: str, key: str) -> list[Any]:
        return [item for document in self.every(kind) for item in document.get(key, [])]


_FACT_KINDS = ("sign", "finding", "safeguard", "beyond")


def build(documents: Mapping[str, Any]) -> model.KnowledgeBase:
    """Build the model from documents that are known to be sound."""
    return build_with(documents, cases(documents), digest(dict(documents)))


def build_with(
    documents: Mapping[str, Any],
    cases: tuple[model.Case, ...] | Callable[[], tuple[model.Case, ...]],
    digest: str | Callable[[], str],
) -> model.KnowledgeBase:
    """Build the model from documents that are known to be sound, but for its cases and its digest.

    These are given, or functions that return them, which are called when they are first needed.
    """
    given = _Documents(documents)
    base, scales = given.one("base"), given.one("scales")
    levels = tuple(
        model.Level(level["id"], float(level["value"]), level["meaning"]) for level in scales["certainty"]["levels"]
    )
    worth = {level.id: level.value for level in levels}
    default = base["perspectives"][0]["id"]
    facts = [_fact(item, document["of"]) for document in given.every("facts") for item in document["facts"]]
    conclusions = [
        _conclusion(item, kind) for kind in ("mechanism", "cause") for item in given.items("conclusions", f"{kind}s")
    ]
    return model.KnowledgeBase(
        id=base["id"],
        version=base["version"],
        title=base["title"],
        perspectives=tuple(model.Perspective(one["id"], one["label"]) for one in base["perspectives"]),
        verdicts=Frozen(base["verdicts"]),
        interview=model.Interview(**base["interview"]),
        notice=base["notice"],
        notice_signs_only=base["notice_signs_only"],
        facts=tuple(sorted(facts, key=lambda fact: _FACT_KINDS.index(fact.kind))),
        conclusions=tuple(conclusions),
        rules=tuple(_rule(item, worth, default) for item in given.items("rules", "rules")),
        responses=tuple(map(_response, given.items("responses", "responses"))),
        safeguards=_safeguards(given),
        levels=levels,
        levels_reason=scales["certainty"]["reason"],
        answers=tuple(
            model.AnswerChoice(one["id"], float(one["certainty"]), one["label"]) for one in scales["answers"]
        ),
        source=_source(given.one("source")),
        charter=_charter(given),
        cases=cases,
        digest=digest,
    )


def cases(documents: Mapping[str, Any]) -> tuple[model.Case, ...]:
    """Return the cases that stand in documents, in the order of file names."""
    return tuple(map(_case, _Documents(documents).items("cases", "cases")))


def _citations(items: list[Any]) -> tuple[model.Citation, ...]:
    return tuple(
        model.GuidelineRef(one["guideline"]) if "guideline" in one else model.Paragraph(one["paragraph"], one["sha256"])
        for one in items
    )


def _fact(item: Any, kind: str) -> model.Fact:
    return model.Fact(
        id=item["id"],
        kind=kind,
        label=item["label"],
        lay=tuple(item["lay"]),
        questions=Frozen(item["questions"]),
        source=_citations(item.get("source", [])),
        text=item.get("text", ""),
    )


def _conclusion(item: Any, kind: str) -> model.Conclusion:
    return model.Conclusion(
        id=item["id"],
        kind=kind,
        name=item["name"],
        text=item["text"],
        lay=tuple(item.get("lay", [])),
        leads_when=tuple(item.get("leads_when", [])),
        source=_citations(item["source"]),
    )


def _rule(item: Any, worth: Mapping[str, float], default: str) -> model.Rule:
    return model.Rule(
        id=item["id"],
        title=item["title"],
        condition=parse(item["if"]),
        conclusion=item["then"],
        level=item["level"],
        certainty=worth[item["level"]],
        basis=item["basis"],
        rationale=item["rationale"],
        source=_citations(item["source"]),
        examples=tuple(
            model.Example(one.get("perspective", default), Frozen(one["evidence"]), one["fires"])
            for one in item["examples"]
        ),
    )


def _response(item: Any) -> model.Response:
    return model.Response(
        id=item["id"],
        text=item["text"],
        audience=tuple(item["audience"]),
        condition=parse(item["when"]),
        withheld_by=tuple(item.get("withheld_by", [])),
        order=item["order"],
        source=_citations(item["source"]),
    )


def _safeguards(given: _Documents) -> tuple[model.Safeguard, ...]:
    lines = [
        model.Helpline(one["id"], one["region"], one["name"], one["contact"], tuple(one["for"]), one["verified"])
        for one in given.items("safeguards", "helplines")
    ]
    return tuple(
        model.Safeguard(
            id=item["id"],
            title=item["title"],
            text=item["text"],
            fact=item["when"],
            audience=tuple(item["audience"]),
            basis=item["basis"],
            rationale=item["rationale"],
            source=_citations(item["source"]),
            helplines=tuple(line for line in lines if item["id"] in line.serves),
        )
        for item in given.items("safeguards", "safeguards")
    )


def _source(item: Any) -> model.Source:
    return model.Source(
        title=item["title"],
        paragraphs=tuple(
            model.SourceParagraph(one["number"], one["sha256"], one.get("no_claim", "")) for one in item["paragraphs"]
        ),
        guidelines=tuple(
            model.Guideline(one["id"], one["title"], one["publisher"], one["year"]) for one in item["guidelines"]
        ),
    )


def _case(item: Any) -> model.Case:
    expect = item["expect"]
    return model.Case(
        id=item["id"],
        title=item["title"],
        perspective=item["perspective"],
        evidence=Frozen(item["evidence"]),
        verdict=expect["verdict"],
        causes=tuple(expect["causes"]),
        safeguards=tuple(expect.get("safeguards", [])),
        responses=tuple(expect.get("responses", [])),
        withheld=tuple(expect.get("withheld", [])),
        never=tuple(expect.get("never", [])),
        words=Frozen(expect.get("words", {})),
    )


def _charter(given: _Documents) -> model.Charter:
    return model.Charter(
        exclusions=tuple(
            model.Exclusion(tuple(one["ids"]), one["reason"]) for one in given.items("charter", "exclusions")
        ),
        requirements=tuple(
            model.Requirement(
                id=one["id"],
                title=one["title"],
                rationale=one["rationale"],
                when=tuple(one.get("when", [])),
                only=one.get("only"),
                safeguards=tuple(one.get("safeguards", [])),
                first=one.get("first"),
                never=tuple(one.get("never", [])),
                no_cause_above=one.get("no_cause_above"),
            )
            for one in given.items("charter", "requirements")
        ),
        waivers=tuple(model.Waiver(**one) for one in given.items("charter", "waivers")),
        removed=Frozen((one["id"], one["reason"]) for one in given.items("charter", "removed")),
    )
