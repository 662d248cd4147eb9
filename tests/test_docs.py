"""The pages under docs/ say what is so: what is made in them is up to date, and their examples do what they show."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pushaway
from pushaway.knowledge.later import Later

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))

pytestmark = pytest.mark.skipif(not PAGES, reason="not a checkout: no docs beside the tests")


def _check(page: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DOCS / "making"), "--check", str(page)], check=False, capture_output=True, encoding="utf-8"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_as_its_examples_docstrings_and_schemas_make_it(page: Path) -> None:
    done = _check(page)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", "+2"),
        ("```sh\necho is\n```\n\n```text excerpt\nis not\n…\n```\n", "this was not printed"),
        ("```sh\nfalse\n```\n", "exit status 1, not 0"),
        ("```sh exit=1\ntrue\n```\n", "exit status 0, not 1"),
        ("```python\nraise KeyError('lost')\n```\n", "KeyError: 'lost'"),
        ('```json evidence\n{"evidence": {"withdrawn": 2}}\n```\n', "2 is greater than the maximum of 1"),
        ('```json\n{"evidence": {}}\n```\n', "no known kind of block"),
        ("```text\nout of nowhere\n```\n", "nothing was printed"),
        ("<!-- fields: evidence -->\n<!-- /fields -->\n", "+| `perspective` |"),
    ],
)
def test_what_is_not_so_is_told(tmp_path: Path, written: str, told: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(written, encoding="utf-8")
    done = _check(page)
    assert done.returncode == 1
    assert told in done.stderr
    assert page.read_text(encoding="utf-8") == written


def test_a_page_that_is_out_of_date_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\necho so\n```\n\n```text\nnot so\n```\n", encoding="utf-8")
    assert "Run `python docs/making`" in _check(page).stderr
    subprocess.run([sys.executable, str(DOCS / "making"), str(page)], check=True, capture_output=True)
    assert page.read_text(encoding="utf-8") == "```sh\necho so\n```\n\n```text\nso\n```\n"


def test_the_page_of_the_api_has_every_public_name() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    for name in pushaway.__all__:
        assert f"### {name}\n" in page or name == "__version__"


def _sections() -> dict[str, str]:
    """Return what the page of the API says of each name."""
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, text in re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.M | re.S):
        found[name] = found.get(name, "") + text
    return found


def _classes() -> list[type]:
    """Return the classes of ours that the page tells of."""
    for name in pushaway.__all__:
        getattr(pushaway, name)  # which imports where they are
    told = _sections()
    modules = [module for name, module in sys.modules.items() if name.startswith("pushaway.")]
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    ours = [one for one in found if one.__module__.startswith("pushaway.") and one.__name__ in told]
    return sorted(ours, key=lambda one: (one.__name__, one.__module__))


def test_what_is_read_stands_on_the_page_of_the_api_as_a_field_and_not_as_a_call() -> None:
    sections, kinds = _sections(), (property, functools.cached_property, Later)
    read = [
        (one.__name__, name)
        for one in _classes()
        for name, member in vars(one).items()
        if isinstance(member, kinds) and not name.startswith("_")
    ]
    assert {("Consultation", "answer"), ("Answer", "base"), ("Answer", "leading")} <= set(read)
    for kind, name in read:
        assert f"- `{name}`: `" in sections[kind], f"{kind}.{name} is no field"
        assert f"{kind}.{name}(" not in sections[kind], f"{kind}.{name} is called"


def test_a_field_that_is_worked_out_later_stands_on_the_page_of_the_api_as_what_it_gives() -> None:
    assert "- `base`: `BaseRef`\n" in _sections()["Answer"]
    assert "Later" not in _sections()


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, *(ROOT / "examples").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_places_in_the_text_that_are_linked_are_there() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-")
            for one in re.findall(r"^#+ (.*)$", text, re.M)
        }
        for anchor in re.findall(r"\]\(#([^)]+)\)", text):
            assert anchor in headings, f"{page.name}: #{anchor}"
