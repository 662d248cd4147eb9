"""The command line, as a user meets it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import pushaway
from pushaway.cli import main
from pushaway.cli.commands import COMMANDS

BASE = pushaway.load()
EXAMPLE = ("infer", "withdrawn", "ignoring messages", "irritable")
CAR = Path(__file__).parent / "bases" / "car"


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, prog_name="pushaway")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pushaway", *arguments],
        capture_output=True,
        check=False,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
    )


def refused(result: Result) -> str:
    """Return the message of a call that must be refused the way every misuse is."""
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def test_it_answers_with_reasons_responses_questions_and_source() -> None:
    result = run(*EXAMPLE)
    assert result.exit_code == 0
    for part in (
        "weakly suggested",
        "Overwhelmed",
        "¶",
        "What to do first",
        "Questions that would help",
        "Where it comes",
    ):
        assert part in result.stdout


def test_its_json_fits_the_schema_that_it_prints() -> None:
    answer = json.loads(run(*EXAMPLE, "--format", "json").stdout)
    published = json.loads(run("schema", "answer").stdout)
    jsonschema.Draft202012Validator(published).validate(answer)
    assert answer["perspective"] == "observer"
    assert [one["id"] for one in answer["evidence"]] == ["withdrawn", "ignoring-messages", "irritable"]


def test_every_schema_is_valid_and_needs_no_other() -> None:
    listed = json.loads(run("schema", "--format", "json").stdout)
    assert {"answer", "evidence", "rules", "facts"} <= {one["name"] for one in listed}
    for one in listed:
        published = json.loads(run("schema", one["name"]).stdout)
        validator = jsonschema.Draft202012Validator
        validator.check_schema(published)
        assert published["title"] == one["title"]
        assert not validator(published).is_valid({"nonsense": 1})


@pytest.mark.parametrize("name", ["Withdrawn", "withdrawn_and-QUIET", "gone quiet", "withdraw into myself"])
def test_a_fact_goes_by_many_names(name: str) -> None:
    answer = json.loads(run("infer", name, "--format", "json").stdout)
    assert answer["evidence"] == [{"id": "withdrawn", "certainty": 1.0}]


@pytest.mark.parametrize(
    ("given_", "certainty"),
    [("drained=0.6", 0.6), ("drained=mostly", 0.7), ("drained=yes", 1), ("drained=no", -1), ("drained=-0.5", -0.5)],
)
def test_certainty_can_be_a_number_or_an_answer(given_: str, certainty: float) -> None:
    answer = json.loads(run("infer", given_, "--as", "self", "--format", "json").stdout)
    assert answer["evidence"] == [{"id": "drained", "certainty": certainty}]


def test_no_means_known_to_be_absent() -> None:
    answer = json.loads(run("infer", "drained", "--no", "other is hurtful", "--as", "self", "--format", "json").stdout)
    assert {one["id"]: one["certainty"] for one in answer["evidence"]} == {"drained": 1, "other-is-hurtful": -1}


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    assert "withdrawn" in refused(run("infer", "witdrawn"))


def test_what_only_sounds_alike_is_never_guessed() -> None:
    for name in ("withdrawal", "they push me away when i need them", "don't want to be alone", "car pulled away"):
        assert "not known here" in refused(run("infer", name))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("infer",), "pushaway infer withdrawn"),
        (("infer", "withdrawn=nan"), "-1 to 1"),
        (("infer", "withdrawn=1e999"), "-1 to 1"),
        (("infer", "withdrawn=much"), "somewhat"),
        (("infer", "withdrawn="), "somewhat"),
        (("infer", "=1"), "not known"),
        (("infer", "withdrawn", "--no", "gone quiet"), "twice"),
        (("infer", "withdrawn", "--as", "slef"), "self"),
        (("infer", "withdrawn", "--file", "nowhere.json"), "cannot be read"),
        (("infer", "withdrawn", "--file", "."), "cannot be read"),
        (("infer", "withdrawn", "--file", "\0"), "cannot be read"),
        (("infer", "withdrawn", "--base", "nowhere"), "no such file or folder"),
        (("infer", "withdrawn", "--format", "xml"), "markdown"),
        (("facts", "pushing-away"), "conclusion"),
        (("facts", "xyzzy"), "pushaway facts"),
        (("rules", "harm-lead"), "harm-leads"),
        (("rules", "--citing", "84"), "1 to 83"),
        (("rules", "--citing", "9" * 5000), "1 to 83"),
        (("rules", "--concluding", "withdrawn"), "--using"),
        (("rules", "--using", "witdrawn"), "withdrawn"),
        (("schema", "answers"), "answer"),
        (("explain",), "ABOUT"),
        (("explain", "overwelmed", "withdrawn"), "Did you mean `overwhelmed`"),
        (("explain", "stay-availabel", "withdrawn"), "Did you mean `stay-available`"),
        (("explain", "xyzzy", "withdrawn"), "not known here"),
        (("explain", "mistrust", "withdrawn", "--with", "witdrawn"), "Did you mean `withdrawn`"),
        (("explain", "mistrust", "withdrawn", "--without", "irritable"), "was not given"),
        (("explain", "mistrust", "withdrawn", "--without", "withdrawn", "--no", "withdrawn"), "in two ways"),
        (("explain", "mistrust", "withdrawn", "--with", "irritable", "--no", "irritable"), "twice"),
        (("inferr",), "No such command"),
    ],
)
def test_misuse_is_refused_and_says_what_would_mend_it(arguments: tuple[str, ...], told: str) -> None:
    assert told in refused(run(*arguments))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"[]", "not of type object"),
        (b"null", "not of type object"),
        (b"{}", "`evidence` missing"),
        (b'{"evidence": []}', "#/evidence"),
        (b'{"evidence": {"withdrawn": NaN}}', "NaN"),
        (b'{"evidence": {"withdrawn": 1e999}}', "too large"),
        (b'{"evidence": {"withdrawn": -Infinity}}', "Infinity"),
        (b'{"evidence": {"withdrawn": 1' + b"0" * 400 + b"}}", "too large"),
        (b'{"evidence": {"withdrawn": "yes"}}', "#/evidence/withdrawn"),
        (b'{"evidence": {"withdrawn": 2}}', "out of range"),
        (b'{"evidence": {"withdrawn": true, "withdrawn": false}}', "twice"),
        (b'{"evidence": {"withdrawn": true, "gone quiet": false}}', "twice"),
        (b'{"evidence": {"witdrawn": true}}', "Did you mean `withdrawn`"),
        (b'{"evidence": {"\\ud800": true}}', "surrogate"),
        (b'{"evidence": {}, "perspective": "slef"}', "self"),
        (b'{"evidence": {}, "as": "self"}', "unknown `as`"),
        (b'{"evidence": {}', "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 5_000_000, "larger"),
        (b"[" * 500_000, "nested"),
        (b'{"evidence":' * 80_000, "nested"),
    ],
)
def test_an_unfit_file_is_refused_with_its_place_and_a_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(content)
    for message in (refused(run("infer", "--file", str(file))), refused(run("infer", "--file", "-", stdin=content))):
        assert told in message
        assert len(message) < 1000
    assert file.read_bytes() == content


def test_a_file_says_the_same_as_arguments(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('\ufeff{"perspective": "self", "evidence": {"no energy": 0.6, "other-is-hurtful": false}}', "utf-8")
    by_file = run("infer", "--file", str(file), "--format", "json")
    by_arguments = run("infer", "drained=0.6", "--no", "other-is-hurtful", "--as", "self", "--format", "json")
    assert by_file.exit_code == 0
    assert by_file.stdout == by_arguments.stdout
    assert "Keep one" in refused(run("infer", "--file", str(file), "--as", "observer"))


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"evidence": {"witdrawn": true, "irritable": 3}, "perspectve": "self"}')
    message = refused(run("infer", "--file", str(file)))
    assert all(part in message for part in ("3 problems", "perspectve", "withdrawn", "/evidence/irritable"))


@given(st.lists(st.text(max_size=20).filter(lambda text: not text.startswith("-")), max_size=3))
def test_no_argument_makes_it_crash(arguments: list[str]) -> None:
    result = run("infer", *arguments)
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_file_makes_it_crash(content: bytes) -> None:
    result = run("infer", "--file", "-", stdin=content)
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("id", ["self-harm-thoughts", "in-danger", "mistreated"])
@pytest.mark.parametrize("perspective", ["observer", "self"])
@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_the_safeguard_comes_first_in_every_form(id: str, perspective: str, format_: str) -> None:
    result = run("infer", "withdrawn", "drained", "sad", id, "--as", perspective, "--format", format_)
    safeguard = next(one for one in BASE.safeguards if one.fact == id)
    if format_ == "json":
        data = json.loads(result.stdout)
        assert data["safeguards"][0]["id"] == safeguard.id
        assert data["safeguards"][0]["helplines"]
        texts = [key for key in data if key in ("safeguards", "causes", "responses")]
        assert texts[0] == "safeguards"
    else:
        opening = re.sub(r"[\s>█#⚠]+", " ", result.stdout).strip()
        assert opening.casefold().startswith(safeguard.title.casefold())
        assert result.stdout.index("findahelpline.com") < result.stdout.index("What stands out")


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_text_keeps_to_the_terminals_width(columns: int) -> None:
    names = ["infer", "mistreated", "self-harm-thoughts", "bereaved", "fears-rejection", *map(str, _known(30))]
    done = process(*names, "--as", "self", COLUMNS=str(columns))
    assert done.returncode == 0
    assert max(map(len, done.stdout.decode().splitlines())) <= columns


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_a_terminal_without_unicode_gets_plain_letters(format_: str) -> None:
    done = process("infer", "withdrawn", "in-danger", "--format", format_, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("ascii")
    assert text.strip()
    if format_ == "json":
        assert json.loads(text)["verdict"] == "none"
    else:
        assert "?" not in text.replace("? ", "").replace("?\n", "")


def test_nothing_is_coloured_through_a_pipe() -> None:
    assert b"\x1b" not in process(*EXAMPLE).stdout


def test_no_color_is_obeyed_and_a_terminal_gets_colour_otherwise() -> None:
    coloured = CliRunner().invoke(main, EXAMPLE, color=True, env={"NO_COLOR": ""})
    plain = CliRunner().invoke(main, EXAMPLE, color=True, env={"NO_COLOR": "1"})
    assert "\x1b[" in coloured.stdout
    assert "\x1b" not in plain.stdout
    assert re.sub(r"\x1b\[\d*m", "", coloured.stdout) == plain.stdout


def test_nothing_in_a_file_or_its_name_can_steer_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[31mred.json"
    file.write_text(json.dumps({"evidence": {"\x1b[31mfoo": True, "x" * 500_000: True}}), encoding="utf-8")
    message = refused(run("infer", "--file", str(file)))
    assert "\x1b" not in message
    assert len(message) < 1500


def test_facts_are_listed_with_all_that_the_contract_names() -> None:
    listed = json.loads(run("facts", "--format", "json").stdout)
    assert len(listed) == len(BASE.facts)
    assert all(list(one) == ["id", "kind", "label", "lay", "questions", "source"] for one in listed)
    assert {one["kind"] for one in listed} == {"sign", "finding", "safeguard", "beyond"}
    text = run("facts").stdout
    assert all(one["id"] in text for one in listed)


def test_rules_are_listed_with_all_that_the_contract_names() -> None:
    listed = json.loads(run("rules", "--format", "json").stdout)
    assert len(listed) == len(BASE.rules) + len(BASE.safeguards)
    keys = ["id", "title", "if", "then", "level", "basis", "rationale", "source"]
    assert all(list(one) == keys for one in listed)
    assert {one["basis"] for one in listed} == {"stated", "implied", "judgement", "guideline"}
    text = run("rules").stdout
    assert all(one["id"] in text for one in listed)


@pytest.mark.parametrize(
    ("arguments", "keeps"),
    [
        (("--concluding", "mistrust"), lambda rule: rule["then"] == "mistrust"),
        (("--concluding", "trouble trusting others"), lambda rule: rule["then"] == "mistrust"),
        (("--using", "gone quiet"), lambda rule: '"withdrawn"' in json.dumps(rule["if"])),
        (("--citing", "66"), lambda rule: 66 in rule["source"]),
        (("--citing", "¶66"), lambda rule: 66 in rule["source"]),
        (("--citing", "nice-ng225"), lambda rule: "nice-ng225" in rule["source"]),
        (("--basis", "guideline"), lambda rule: rule["basis"] == "guideline"),
        (
            ("--basis", "judgement", "--citing", "66"),
            lambda rule: rule["basis"] == "judgement" and 66 in rule["source"],
        ),
        (("harm-leads",), lambda rule: rule["id"] == "harm-leads"),
    ],
)
def test_rules_can_be_narrowed_down(arguments: tuple[str, ...], keeps: Any) -> None:
    every = json.loads(run("rules", "--format", "json").stdout)
    some = json.loads(run("rules", *arguments, "--format", "json").stdout)
    assert some == [rule for rule in every if keeps(rule)]
    assert some
    assert run("rules", *arguments).exit_code == 0


def test_a_rule_in_full_says_on_what_it_rests() -> None:
    text = " ".join(run("rules", "own-safety-at-stake").stdout.split())
    rule = BASE.rule["own-safety-at-stake"]
    assert all(part in text for part in (rule.title, rule.rationale, rule.level, rule.basis, "asked as self", "¶66"))


def test_another_base_answers_by_the_same_commands() -> None:
    fact = json.loads(run("facts", "--base", str(CAR), "--format", "json").stdout)[0]
    answer = json.loads(run("infer", fact["label"], "--base", str(CAR), "--format", "json").stdout)
    assert answer["base"]["id"] != BASE.id
    assert answer["evidence"][0]["id"] == fact["id"]
    assert run("rules", "--base", str(CAR)).exit_code == 0
    assert run("infer", fact["id"], "--base", str(CAR)).exit_code == 0
    assert run("schema", "--base", str(CAR)).exit_code == 0


def test_a_broken_base_is_refused_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text('{"kind": "base"}')
    (tmp_path / "rules.json").write_text("[")
    for command in (("infer", "x"), ("facts",), ("rules",)):
        message = refused(run(*command, "--base", str(tmp_path)))
        assert "base.json" in message
        assert "rules.json" in message


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_a_worked_example_that_works(command: str, tmp_path: Path) -> None:
    text = run(command, "--help").stdout
    examples = re.findall(r"^ +pushaway (.+)$", text.partition("Example")[2], re.M)
    assert examples
    for folder in ("before", "after", "my-base"):
        shutil.copytree(Path(__file__).parent / "bases" / "car", tmp_path / folder)
    (tmp_path / "article.txt").write_text("Some text.", encoding="utf-8")
    (tmp_path / "cases.jsonl").write_text('{"id": "a-17", "evidence": {"drained": 0.6}}\n', encoding="utf-8")
    (tmp_path / "survey.csv").write_text("id,date,name,drained\na-17,2026-11-24,Ann,mostly\n", encoding="utf-8")
    for example in examples:
        if "case.json" not in example:
            done = subprocess.run(
                f"{sys.executable} -m pushaway {example}",
                shell=True,
                capture_output=True,
                check=False,
                cwd=tmp_path,
                stdin=subprocess.DEVNULL,
            )
            finds = example.startswith(("audit", "diff"))  # what is found is told by the status, too
            assert done.returncode == 0 or (finds and done.returncode == 1 and not done.stderr), done.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout.strip() == f"pushaway, version {pushaway.infer({}).engine}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pushaway inf", {"infer"}),
        ("pushaway infer ignor", {"ignoring-messages"}),
        ("pushaway infer --no other", {"other-is-hurtful"}),
        ("pushaway rules harm-", {"harm-leads", "harm-may-explain", "harm-explains-it"}),
        ("pushaway schema ans", {"answer"}),
        ("pushaway infer withdrawn --as se", {"self"}),
        ("pushaway explain overwh", {"overwhelmed"}),
        ("pushaway explain stay-", {"stay-available"}),
        ("pushaway explain mistrust withdrawn --without irri", {"irritable"}),
    ],
)
def test_commands_and_ids_complete(words: str, expected: set[str]) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "pushaway"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ
        | {
            "_PUSHAWAY_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
    )
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("I'm going to kill myself tonight",),
        ("he talks about suicide",),
        ("suicidall",),
        ("suicidal", "tiredd"),
        ("suicidal", "--as", "me"),
        ("suicidal", "suicidal=0.5"),
        ("suicidal=2",),
    ],
)
def test_who_speaks_of_suicide_gets_help_also_beside_an_error(arguments: tuple[str, ...]) -> None:
    message = refused(run("infer", *arguments))
    assert message.index("findahelpline.com") < message.index("Error")
    assert "findahelpline.com" in refused(run("explain", "overwhelmed", *arguments))
    in_file = json.dumps({"evidence": {"suicidal": True, "tiredd": True}})
    assert "findahelpline.com" in refused(run("explain", "overwhelmed", "--file", "-", stdin=in_file))
    assert "findahelpline.com" in refused(run("infer", "--file", "-", stdin=in_file))


DIE = "I want to die"


@pytest.mark.parametrize(
    "arguments",
    [
        (DIE,),
        ("suicide",),
        DIE.split(),
        (f"--{DIE}",),
        ("infer", f"withdrawn={DIE}"),
        ("infer", "withdrawn=suicide"),
        ("infer", f"withdrawn={DIE}e"),
        ("infer", *DIE.split()),
        ("infer", "withdrawn", "--as", DIE),
        ("infer", "withdrawn", f"--as={DIE}e"),
        ("infer", "withdrawn", "--no", f"{DIE}e"),
        ("infer", "--file", DIE),
        ("infer", "withdrawn", "--format", DIE),
        ("infer", "withdrawn", "--base", DIE),
        ("explain", f"{DIE}e", "withdrawn"),
        ("explain", "overwhelmed", "withdrawn", "--without", f"{DIE}e"),
        ("ask", "--as", DIE),
        ("ask", "--resume", DIE),
        ("replay", DIE),
        ("facts", f"{DIE}e"),
        ("facts", "--kind", DIE),
        ("rules", DIE),
        ("rules", "--using", f"{DIE}e"),
        ("rules", "--concluding", DIE),
        ("rules", "--citing", DIE),
        ("schema", DIE),
        ("diff", DIE),
        ("export", "--to", DIE),
        ("audit", "--source", DIE),
        ("batch", DIE, "outcomes.csv"),
    ],
)
def test_words_of_danger_get_help_wherever_an_argument_is_refused(arguments: tuple[str, ...]) -> None:
    message = refused(run(*arguments))
    assert message.index("findahelpline.com") < message.index("Error")
    assert message.count("SUICIDE") == 1


UNFIT = {
    "a value": json.dumps({"evidence": {"withdrawn": DIE}}),
    "a note": json.dumps({"evidence": {}, "note": DIE}),
    "a string": json.dumps(DIE),
    "a list": json.dumps([[DIE]]),
    "no evidence": json.dumps({"evidence": DIE}),
    "a name": json.dumps({"evidence": {DIE: "x"}}),
    "a name below": json.dumps({"evidence": {"x": {DIE: 1}}}),
    "a misspelt value below": json.dumps({"evidence": {"x": [{"y": f"{DIE}e"}]}}),
    "a perspective": json.dumps({"evidence": {}, "perspective": DIE}),
    "twice": f'{{"evidence": {{"sad": "{DIE}", "sad": 1}}}}',
    "no JSON": DIE,
    "cut off": f'{{"evidence":{{"{DIE}":1',
    "cut off in a misspelt word": f'{{"evidence":{{"{DIE}e',
    "escaped": r'{"evidence": {"I don\u2019t want to live": true, "withdrawn": "bad"}}',
    "escaped, of two halves": r'{"evidence": "want to \ud835\udc1d\ud835\udc22\ud835\udc1e"}',
    "an escaped line end": r'{"evidence": {"wants\nto die": "x"}}',
    "escaped and cut off": r'{"evidence": {"wants\nto d\u0069e',
    "half of a surrogate pair": r'{"evidence": {"\ud800 wants to die": 1}}',
    "too deep": "[" * 100 + json.dumps(DIE),
    "too large": json.dumps(DIE) + " " * (1 << 20),
    "UTF-16": json.dumps({"evidence": {DIE: 1}}).encode("utf-16"),
    "Windows": "I don’t want to live".encode("cp1252"),
}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT)
def test_words_of_danger_get_help_wherever_they_stand_in_a_file_that_is_refused(
    tmp_path: Path, content: str | bytes
) -> None:
    file, record = tmp_path / "case.json", tmp_path / "record.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    given_ = str(file)
    run("infer", "withdrawn", "--record", str(record))
    for arguments in (
        ("infer", "--file", given_),
        ("infer", "--file", "-"),
        ("explain", "overwhelmed", "--file", given_),
        ("replay", str(record), "--file", given_),
        ("replay", given_),
        ("ask", "--resume", given_),
    ):
        message = refused(run(*arguments, stdin=content))
        assert message.index("findahelpline.com") < message.index("Error")
        assert message.count("SUICIDE") == 1


def test_a_saved_interview_that_is_refused_gets_help_too(tmp_path: Path) -> None:
    record, saved = tmp_path / "record.json", tmp_path / "talk.json"
    assert run("ask", "--as", "self", "--save", str(saved), "--record", str(record), stdin="q\n").exit_code == 0
    talk = json.loads(saved.read_text(encoding="utf-8"))
    for told in ({DIE: 1}, {"withdrawn": DIE}, DIE):
        saved.write_text(json.dumps({**talk, "told": told}), encoding="utf-8")
        for arguments in (("replay", str(record), "--file", str(saved)), ("ask", "--resume", str(saved))):
            assert "findahelpline.com" in refused(run(*arguments))


def test_the_help_beside_an_error_is_that_of_the_base_that_is_used() -> None:
    assert "findahelpline.com" not in refused(run("infer", DIE, "--base", str(CAR)))


def test_what_is_understood_gets_no_help_but_the_answers(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"evidence": {DIE: True}}), encoding="utf-8")
    for arguments in (("infer", DIE), ("infer", "--file", str(file)), ("facts", DIE), ("rules", "--using", DIE)):
        result = run(*arguments)
        assert result.exit_code == 0
        assert not result.stderr


def test_an_ordinary_mistake_does_not_bring_up_suicide() -> None:
    for name in ("witdrawn", "xyzzy", "withdrawal"):
        assert "findahelpline.com" not in refused(run("infer", name))
        assert "findahelpline.com" not in refused(run("infer", f"withdrawn={name}"))
        assert "findahelpline.com" not in refused(run("infer", "--file", "-", stdin=f'{{"evidence": {{"{name}": "x"'))
    for arguments in (("inferr",), ("infer",), ("facts", "witdrawn"), ("rules", "harm-lead")):
        assert "findahelpline.com" not in refused(run(*arguments))


def test_nothing_far_fetched_is_offered_for_a_name_that_is_not_known() -> None:
    for name in ("raped", "rape", "cancer", "miscarriage", "helpless", "can't sleep"):
        assert "Did you mean" not in refused(run("infer", name))


def test_every_unknown_name_is_told_at_once() -> None:
    message = refused(run("infer", "witdrawn", "iritable", "--no", "drainedd"))
    assert all(part in message for part in ("3 problems", "`withdrawn`", "`irritable`", "`drained`"))


@pytest.mark.parametrize("ending", [">&-", "> /dev/full", "--file - <&-"])
@pytest.mark.parametrize("command", ["infer sad", "facts --format json"])
def test_closed_or_full_streams_end_in_one_line(ending: str, command: str) -> None:
    if ending.startswith("--file"):
        command = "infer"
    done = subprocess.run(
        f"{sys.executable} -m pushaway {command} {ending}", shell=True, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Error: ")


def test_a_pipe_that_closes_early_is_no_error_of_ours() -> None:
    done = subprocess.run(
        f"{sys.executable} -m pushaway facts | true", shell=True, capture_output=True, text=True, check=False
    )
    assert not done.stderr


def _known(count: int) -> list[str]:
    return [fact.id for fact in BASE.facts if fact.kind == "finding"][:count]


def test_who_interrupts_gets_a_status_that_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pushaway.cli.facts.loaded", interrupted)
    result = run("facts")
    assert result.exit_code == 130
    assert "Aborted!" in result.stderr
