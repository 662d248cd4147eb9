"""The audit as a page: complete, self-contained, safe with any text, readable by all, and usable in a browser."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from broken_base import CAR
from justhtml import JustHTML

import pushaway
from pushaway.cli.drawing_graph import WIDTH, drawn
from pushaway.cli.options import MisuseError
from pushaway.cli.page import page
from pushaway.engine.audit import AuditReport, audit
from pushaway.engine.audit.mutation import MutantResult
from pushaway.engine.audit.proving import Proof
from pushaway.engine.audit.robustness import Robustness
from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.audit.checks import Finding, Severity
from pushaway.knowledge.audit.provenance import Cited
from pushaway.knowledge.graph import Relation, graph

TEMPLATES = Path(str(files("pushaway.cli"))) / "templates"
CSS = (TEMPLATES / "audit.css").read_text(encoding="utf-8")
BASES = {"car": pushaway.load(CAR), "shipped": pushaway.load()}
HOSTILE = "</script><script>alert(1)</script><b onclick=x>\"'&amp;{{ 7 * 7 }}\u202e`"


@cache
def _car() -> AuditReport:
    return audit(CAR)


@pytest.fixture(params=BASES)
def both(request: pytest.FixtureRequest) -> tuple[AuditReport, KnowledgeBase]:
    """Return the report of each base, with the base."""
    report = _car() if request.param == "car" else request.getfixturevalue("shipped_report")
    return report, BASES[request.param]


def _parsed(html: str) -> Any:
    """Parse a page as a browser does; anything that the standard calls an error is one."""
    return JustHTML(html, strict=True, sanitize=False)


def _text(element: Any) -> str:
    return " ".join(element.to_text().split())


def _changed(**changes: Any) -> Any:
    return _parsed(page(dataclasses.replace(_car(), **changes), BASES["car"]))


# What is on it.


def test_every_part_has_a_card_with_its_words(both: tuple[AuditReport, KnowledgeBase]) -> None:
    report, base = both
    dom = _parsed(page(report, base))
    cards = {one.attrs["id"]: _text(one) for one in dom.query("article")}
    assert len(cards) == len(graph(base).nodes)
    for rule in base.rules:
        card = cards[f"rule-{rule.id}"]
        concluded = base.conclusion[rule.conclusion].name
        for words in (rule.title, rule.id, rule.rationale, rule.basis, rule.level, concluded):
            assert " ".join(words.split()) in card
        assert f"speaks {'for' if rule.certainty > 0 else 'against'}" in card
        for id in base.mentions[rule.id]:
            assert (base.fact[id].label if id in base.fact else base.conclusion[id].name) in card
        assert card.count("Fires where") == sum(one.fires for one in rule.examples)
        assert card.count("Does not fire where") == sum(not one.fires for one in rule.examples)
    for safeguard in base.safeguards:
        card = cards[f"safeguard-{safeguard.id}"]
        assert all(words in card for words in (safeguard.title, safeguard.text, base.fact[safeguard.fact].label))
        assert all(line.contact in card for line in safeguard.helplines)
    assert all(one.text in cards[f"response-{one.id}"] for one in base.responses)
    assert all(one.text in cards[f"conclusion-{one.id}"] for one in base.conclusions)
    assert all(question in cards[f"fact-{one.id}"] for one in base.facts for question in one.questions.values())


def test_every_finding_check_proof_paragraph_and_case_is_there(both: tuple[AuditReport, KnowledgeBase]) -> None:
    report, base = both
    dom = _parsed(page(report, base))
    found = [one for one in dom.query("li") if one.attrs.get("id", "").startswith("finding-")]
    assert len(found) == len(report.findings)
    for element, finding in zip(found, report.findings, strict=True):
        said = _text(element)
        assert finding.severity.value in said
        assert f"{finding.file}#{finding.pointer}" in said
        assert finding.remedy.replace("`", "") in said.replace("`", "")
        assert finding.waived in said
    rows = {one.attrs["id"]: _text(one) for one in dom.query("tr") if "id" in one.attrs}
    for check in report.checks:
        assert check.title in rows[f"check-{check.id}"]
        assert check.not_made.replace("`", "") in rows[f"check-{check.id}"].replace("`", "")
    for cited in report.coverage:
        state = "cited by" if cited.by else "makes no claim"
        assert state in rows[f"p-{cited.number}"]
        assert cited.no_claim in rows[f"p-{cited.number}"]
    assert {f"case-{one.id}" for one in base.cases} <= rows.keys()
    proofs = next(one for one in dom.query("table") if one.attrs.get("class") == "proofs")
    assert len(proofs.query("tbody tr")) == len(report.proofs)
    whole = _text(dom.query_one("main"))
    assert report.base.digest in whole
    assert base.notice in whole
    assert "not a tool for diagnosis" in whole


def test_certainty_is_never_called_probability() -> None:
    words = " ".join(file.read_text(encoding="utf-8") for file in TEMPLATES.glob("*.j2"))
    assert not re.search(r"probab|likel|odds|chance", words, re.I)


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ((), "Passes: nothing was found."),
        ((Severity.NOTE,), "Passes, with 1 note to read."),
        ((Severity.WARNING, Severity.NOTE, Severity.NOTE), "Passes, with 1 warning and 2 notes to read."),
        (
            (Severity.ERROR, Severity.ERROR, Severity.WARNING, Severity.NOTE),
            "Does not pass: 2 errors, 1 warning and 1 note.",
        ),
    ],
)
def test_the_verdict_is_said_in_words(severities: tuple[Severity, ...], words: str) -> None:
    findings = tuple(
        Finding("unused-fact", one, "silent", "facts.json", "/facts/0", "it is", "Mend it.") for one in severities
    )
    dom = _changed(findings=findings)
    verdict = next(one for one in dom.query("p") if "verdict" in one.attrs.get("class", ""))
    assert words in _text(verdict)
    assert ("No findings:" in _text(dom.query_one("#findings"))) == (not findings)


def test_what_does_not_hold_stands_first_with_its_evidence() -> None:
    holds = _car().proofs[0]
    broken = Proof("sign-lowers", "silent", "`silent` only raises it.", "sampled", 5, 90, {"silent": 0.5}, "mechanic")
    sampled = holds._replace(how="sampled", tried=5, of=90)
    rows = [_text(one) for one in _changed(proofs=(holds, sampled, broken)).query(".proofs tbody tr")]
    assert "I look after the car" in rows[0]
    assert "0.5" in rows[0]
    assert "5 out of 90" in rows[2]


def test_faults_that_nothing_noticed_are_told_with_the_reason() -> None:
    outcomes = (
        MutantResult(
            "quiet-starter: sign flipped", "sign flipped", ("rules/mechanisms.json", "/rules/0/level"), None, 3
        ),
        MutantResult("jump-start: deleted", "response deleted", ("responses.json", "/responses/0"), None, 0),
    )
    waived = Finding(
        "mutant-not-noticed", Severity.WARNING, outcomes[0].subject, *outcomes[0].place, "it is", "Mend it.", "We know."
    )
    dom = _changed(mutation=outcomes, findings=(waived,))
    first, second = (_text(one) for one in dom.query("#mutation tbody tr"))
    assert "We know." in first
    assert "not waived" in second
    assert "not noticed by any case: sign flipped" in _text(dom.query_one("#rule-quiet-starter"))
    assert "not noticed by any case: deleted" in _text(dom.query_one("#response-jump-start"))


def test_a_base_without_cases_and_a_paragraph_left_out_are_told_in_words() -> None:
    dom = _changed(robustness=Robustness((), 0, ()), mutation=(), coverage=(Cited(1, (), ""),))
    assert "has no cases" in _text(dom.query_one("#robustness"))
    assert "nothing to put a fault into" in _text(dom.query_one("#mutation"))
    assert "left out" in _text(dom.query_one("#p-1"))


def test_without_jinja_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MisuseError, match=r"pushaway\[audit\]"):
        page(_car(), BASES["car"])


# What it needs: nothing.


def test_it_refers_to_nothing_outside(both: tuple[AuditReport, KnowledgeBase]) -> None:
    dom = _parsed(page(*both))
    for element in dom.query("*"):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), name
            assert name not in ("style", "src", "srcset", "action", "xlink:href", "poster"), name
            if name == "href":
                assert value.startswith("#")
            elif "url(" in (value or ""):
                assert value.startswith("url(#")
    assert not dom.query("link, img, iframe, object, embed, base, form, audio, video, use, image")
    assert "url(" not in CSS
    assert "@import" not in CSS
    script = (TEMPLATES / "audit.js").read_text(encoding="utf-8")
    assert not re.search(r"fetch|XMLHttp|WebSocket|import|Storage|cookie|https?:|innerHTML|eval", script)


def test_only_its_own_style_and_script_may_run(both: tuple[AuditReport, KnowledgeBase]) -> None:
    dom = _parsed(page(*both))
    head = dom.query_one("head").query("*")
    policy = next(one for one in head if one.attrs.get("http-equiv") == "Content-Security-Policy")
    assert head.index(policy) < head.index(dom.query_one("style"))
    rules = dict(rule.split(" ", 1) for rule in policy.attrs["content"].split("; "))
    assert rules["default-src"] == "'none'"
    for name in ("style", "script"):
        (element,) = dom.query(name)
        text = "".join(one.data for one in element.children)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"


def _with_texts(base: KnowledgeBase, text: str) -> KnowledgeBase:
    """Return a base in which every text that people read is this one."""
    return dataclasses.replace(
        base,
        title=text,
        notice=text,
        facts=tuple(
            one._replace(label=text, text=text, questions=dict.fromkeys(one.questions, text)) for one in base.facts
        ),
        conclusions=tuple(one._replace(name=text, text=text, lay=(text,)) for one in base.conclusions),
        rules=tuple(one._replace(title=text, rationale=text) for one in base.rules),
        responses=tuple(one._replace(text=text) for one in base.responses),
        safeguards=tuple(one._replace(title=text, text=text, rationale=text) for one in base.safeguards),
        levels=tuple(one._replace(meaning=text) for one in base.levels),
        cases=tuple(one._replace(title=text) for one in base.cases),
        perspectives=tuple(one._replace(label=text) for one in base.perspectives),
        source=base.source._replace(
            title=text, guidelines=tuple(one._replace(title=text, publisher=text) for one in base.source.guidelines)
        ),
    )


def _with_findings(report: AuditReport, text: str) -> AuditReport:
    found = Finding("unused-fact", Severity.ERROR, text, text, "/rules/" + text, text, text, text)
    silent = tuple(one._replace(no_claim=text) for one in report.coverage)
    checks = tuple(one._replace(title=text, not_made=text) for one in report.checks)
    return dataclasses.replace(report, findings=(found,), coverage=silent, checks=checks)


def test_any_text_stays_text() -> None:
    shapes = []
    for text in ("- x` y", HOSTILE):
        dom = _parsed(page(_with_findings(_car(), text), _with_texts(BASES["car"], text)))
        shapes.append(
            Counter((one.name, *one.attrs) for one in dom.query("*") if one.name not in ("code", "tspan", "text"))
        )
        if text == HOSTILE:
            assert HOSTILE in dom.query_one("h1").to_text()
            assert HOSTILE in dom.query_one("#rule-quiet-starter h4").to_text()
            assert "49" not in dom.query_one("h1").to_text()
            # What turns the direction of writing ends with the element it stands in.
            assert not [one for one in dom.query("h1, h4, .notice") if not one.query("bdi")]
    assert shapes[0] == shapes[1]


# Who can read it.


def test_it_is_in_order_for_whoever_does_not_see_it(both: tuple[AuditReport, KnowledgeBase]) -> None:
    dom = _parsed(page(*both))
    elements = dom.query("*")
    ids = [one.attrs["id"] for one in elements if "id" in one.attrs]
    assert len(ids) == len({*ids})
    for one in elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert {*one.attrs.get(name, "").split()} <= {*ids}
        if one.attrs.get("href"):
            assert one.attrs["href"][1:] in ids, one.attrs["href"]
    levels = [int(one.name[1]) for one in dom.query("h1, h2, h3, h4, h5, h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(len(dom.query(landmark)) == 1 for landmark in ("header", "nav", "main", "footer"))
    for table in dom.query("table"):
        assert table.query("caption")
        assert all("scope" in one.attrs for one in table.query("th"))
    for svg in dom.query("svg"):
        assert svg.attrs.get("aria-hidden") == "true" or (svg.query("title") and svg.query("desc"))
    assert dom.query_one("html").attrs["lang"] == "en"


def _colour(name: str, scheme: int) -> float:
    """Return the relative luminance of a custom property in a scheme: 0 is light, 1 is dark (WCAG 2.2)."""
    found = re.search(rf"--{name}: light-dark\(#(\w{{6}}), #(\w{{6}})\);", CSS)
    assert found, name
    parts = [int(found[scheme + 1][at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: int) -> float:
    """Return the contrast of two custom properties in a scheme, 1 to 21."""
    dark, light = sorted((_colour(one, scheme), _colour(other, scheme)))
    return (light + 0.05) / (dark + 0.05)


GROUNDS = (
    "paper card code-ground bad-ground good-ground fact finding alarm beyond mechanism cause rule response safeguard"
)
TEXTS = {
    "ink": f"{GROUNDS} shade-0 shade-1 shade-2",
    "soft": "paper card code-ground good-ground",
    "link": "paper card code-ground bad-ground",
    "good": "good-ground",
    "open": "open-ground",
    "bad": "bad-ground",
    "note": "note-ground",
    "on-shade": "shade-3 shade-4",
}
SHAPES = {
    "edge": "paper card",
    "mark": "paper card",
    "bar": "paper",
    "open": "shade-0 paper",
    "upstream": "card",
    "downstream": "card",
}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_there_is_contrast_enough(scheme: int) -> None:
    assert all(contrast(text, one, scheme) >= 4.5 for text, grounds in TEXTS.items() for one in grounds.split())
    assert all(contrast(shape, one, scheme) >= 3 for shape, grounds in SHAPES.items() for one in grounds.split())


def test_every_custom_property_that_is_used_is_there() -> None:
    assert {*re.findall(r"var\(--([\w-]+)\)", CSS)} <= {*re.findall(r"--([\w-]+):", CSS)}


# The graph.


@pytest.mark.parametrize("name", BASES)
def test_the_drawing_holds_the_whole_graph(name: str) -> None:
    base = BASES[name]
    drawing, whole = drawn(base), graph(base)
    assert drawing == drawn(base)
    assert [one.node for one in drawing.boxes] == list(whole.nodes)
    assert [one.edge for one in drawing.arrows] == list(whole.edges)
    column = {one.node.key: one.column for one in drawing.boxes}
    assert all(column[one.tail] < column[one.head] for one in whole.edges if one.relation is not Relation.LEADS)
    for _, some in groupby(sorted(drawing.boxes, key=lambda one: (one.column, one.y)), key=lambda one: one.column):
        assert all(above.y + above.height < below.y for above, below in pairwise(some))
    for box in drawing.boxes:
        assert 0 < box.y < box.y + box.height < drawing.height
        assert 0 < box.x < box.x + WIDTH < drawing.width
    assert len(drawing.headings) == 1 + max(column.values())


def test_columns_are_ordered_so_that_fewer_edges_cross() -> None:
    base = BASES["shipped"]
    drawing = drawn(base)
    place = {one.node.key: (one.column, one.y) for one in drawing.boxes}
    at: Counter[int] = Counter()
    given = {}
    for one in drawing.boxes:  # the base's own order
        at[one.column] += 1
        given[one.node.key] = (one.column, at[one.column])
    assert _crossings(place, base) < 0.5 * _crossings(given, base)


def _crossings(place: dict[str, tuple[int, int]], base: KnowledgeBase) -> int:
    ends = [(place[one.tail], place[one.head]) for one in graph(base).edges]
    return sum(
        (tail[1] - other_tail[1]) * (head[1] - other_head[1]) < 0
        for number, (tail, head) in enumerate(ends)
        for other_tail, other_head in ends[:number]
        if (tail[0], head[0]) == (other_tail[0], other_head[0])
    )


# In a browser.

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1300,900"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a browser without a screen; a test skips where there is none."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("There is no Chromium with its driver here.")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def shown(chromium: Any, shipped_report: AuditReport, tmp_path: Path) -> Iterator[Any]:
    """Return the browser with the page of the shipped base, from disk; whatever it complains of fails the test."""
    file = tmp_path / "audit.html"
    file.write_text(page(shipped_report, BASES["shipped"]), encoding="utf-8")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    chromium.get(file.as_uri())
    yield chromium
    assert chromium.get_log("browser") == []


def _one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def _chosen(driver: Any, selector: str, words: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(_one(driver, selector)).select_by_visible_text(words)


def _visible(driver: Any, selector: str) -> list[Any]:
    return [one for one in driver.find_elements("css selector", selector) if one.is_displayed()]


def test_rules_are_searched_and_filtered(shown: Any) -> None:
    base = BASES["shipped"]
    rule = base.rules[10]
    _chosen(shown, "#rules-part", "rule")
    _one(shown, "#rules-search").send_keys(rule.title)
    assert _one(shown, "#rules [data-count]").text.startswith("1 of ")
    assert [one.get_attribute("id") for one in _visible(shown, "#rules article")] == [f"rule-{rule.id}"]
    _one(shown, "#rules-search").send_keys(" nowhere")
    assert _one(shown, "#rules [data-count]").text.startswith("None of ")
    assert not _visible(shown, "#rules h3")
    shown.execute_script("location.hash = arguments[0]", f"rule-{base.rules[0].id}")  # a link to what is filtered out
    assert _one(shown, f"#rule-{base.rules[0].id}").is_displayed()
    _chosen(shown, "#rules-basis", "implied")
    implied = [f"rule-{one.id}" for one in base.rules if one.basis == "implied"]
    assert sorted(one.get_attribute("id") for one in _visible(shown, "#rules article")) == sorted(implied)


def test_findings_are_filtered(shown: Any, shipped_report: AuditReport) -> None:
    _chosen(shown, "#findings-waived", "waived only")
    assert len(_visible(shown, "li.finding")) == sum(bool(one.waived) for one in shipped_report.findings) > 0
    _chosen(shown, "#findings-waived", "both")
    _chosen(shown, "#findings-severity", "note")
    assert len(_visible(shown, "li.finding")) == sum(one.severity is Severity.NOTE for one in shipped_report.findings)


def _connected(base: KnowledgeBase, key: str) -> tuple[set[str], set[str]]:
    """Return all that feeds a node, and all that it feeds."""
    found = []
    for start, end in (("head", "tail"), ("tail", "head")):
        reached: set[str] = set()
        waiting = [key]
        while waiting:
            now = waiting.pop()
            new = {getattr(edge, end) for edge in graph(base).edges if getattr(edge, start) == now} - reached
            reached |= new
            waiting += new
        found.append(reached - {key})
    return found[0], found[1]


def _lit(driver: Any) -> set[str]:
    script = "return [...document.querySelectorAll('#graph-nodes .node.lit')].map((one) => one.dataset.key)"
    return set(driver.execute_script(script))


def test_the_graph_is_followed_with_the_mouse(shown: Any) -> None:
    base = BASES["shipped"]
    key = "conclusion/self-protection"
    node = _one(shown, f"[data-key='{key}']")
    shown.execute_script("arguments[0].scrollIntoView({block: 'center', inline: 'center'})", node)
    node.click()
    up, down = _connected(base, key)
    assert up
    assert down
    assert _lit(shown) == up | down | {key}
    assert _one(shown, "#graph-chosen").text == base.conclusion["self-protection"].name
    assert f"{len(up)} feed it, and it feeds {len(down)}." in _one(shown, "#graph-status").text
    assert len(_visible(shown, "#graph-lists li")) == len(up) + len(down)
    _one(shown, "#graph-only").click()
    assert len(_visible(shown, "#graph-nodes .node")) == len(up) + len(down) + 1
    _visible(shown, "#graph-lists li a")[0].click()  # follow to what feeds it
    followed = shown.execute_script("return document.querySelector('.node.chosen').dataset.key")
    assert followed in up
    assert _one(shown, "#graph-only").get_attribute("aria-pressed") == "true"
    _one(shown, "#graph-clear").click()
    assert not _lit(shown)
    assert len(_visible(shown, "#graph-nodes .node")) == len(graph(base).nodes)


def test_the_graph_is_followed_with_the_keyboard_to_a_card(shown: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    find = _one(shown, "#graph-search")
    find.send_keys("self-harm")
    assert "found" in _one(shown, "#graph-status").text
    find.send_keys(Keys.ENTER)
    first = shown.switch_to.active_element.get_attribute("data-key")
    assert first in _lit(shown)
    assert len(shown.find_elements("css selector", "#graph-nodes .node[tabindex='0']")) == 1
    shown.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    second = shown.switch_to.active_element.get_attribute("data-key")
    assert second != first
    shown.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert shown.switch_to.active_element.get_attribute("data-key").startswith("rule/")
    shown.switch_to.active_element.send_keys(Keys.ENTER)
    chosen = shown.switch_to.active_element
    assert chosen.get_attribute("aria-pressed") == "true"
    card = chosen.get_dom_attribute("href")
    _one(shown, "#graph-lists p a").send_keys(Keys.ENTER)
    assert shown.current_url.endswith(card)
    shown.execute_script("arguments[0].focus()", chosen)
    shown.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not _lit(shown)


def test_the_script_draws_edges_as_the_server_did(shown: Any) -> None:
    read = "return [...document.querySelectorAll('#graph-edges path')].map((one) => one.getAttribute('d'))"
    before = shown.execute_script(read)
    for _ in range(2):
        shown.execute_script("document.querySelector('[name=graph-kind]').click()")
    after = shown.execute_script(read)
    for one, other in zip(before, after, strict=True):
        assert [float(x) for x in re.findall(r"[\d.]+", one)] == [float(x) for x in re.findall(r"[\d.]+", other)]


def test_kinds_of_nodes_are_hidden(shown: Any) -> None:
    shown.execute_script("document.querySelector('[name=graph-kind][value=rule]').click()")
    assert len(_visible(shown, "#graph-nodes .node")) == len(graph(BASES["shipped"]).nodes) - len(
        BASES["shipped"].rules
    )


def test_colours_are_switched(shown: Any) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    before, button = shown.execute_script(ground), _one(shown, "#scheme")
    said = button.text
    button.click()
    assert shown.execute_script(ground) != before
    assert button.text != said
    button.click()
    assert shown.execute_script(ground) == before


@pytest.mark.parametrize("width", [360, 768, 1300])
def test_no_page_is_wider_than_the_screen(shown: Any, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    shown.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    shown.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert shown.execute_script("return document.documentElement.scrollWidth") <= width
    wide = (
        "return [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > "
        "innerWidth + 1 && !one.closest('.scroll, .graph-box')).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert shown.execute_script(wide) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(shown: Any, scheme: str) -> None:
    axe = files("selenium_axe_python").joinpath("axe-core", "axe.min.js").read_text(encoding="utf-8")
    shown.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {
            "features": [
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]
        },
    )
    shown.execute_cdp_cmd(
        "Runtime.evaluate", {"expression": axe}
    )  # as an extension would: the page's policy forbids it
    shown.set_script_timeout(120)
    found = shown.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {resultTypes: ['violations']}).then((all) => done(all.violations.map("
        "(one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary])))"
    )
    assert found == []


def test_it_prints_whole_and_light(shown: Any, shipped_report: AuditReport) -> None:
    shown.execute_script("document.documentElement.dataset.scheme = 'dark'")
    _one(shown, "#rules-search").send_keys("nothing like this")
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert shown.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(_visible(shown, "article")) == len(graph(BASES["shipped"]).nodes)
    assert not _visible(shown, "button, input, select, nav, .graph-panel")
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    printed = base64.b64decode(shown.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert io.BytesIO(printed).read(5) == b"%PDF-"
    assert 10 < printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") < 150


def test_it_reads_without_script(chromium: Any, shown: Any) -> None:
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.refresh()
        assert not _visible(chromium, "button, input, select")
        assert len(_visible(chromium, "article")) == len(graph(BASES["shipped"]).nodes)
        assert _one(chromium, "#graph-svg").is_displayed()
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
