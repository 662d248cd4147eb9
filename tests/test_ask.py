"""The interview, as a person meets it: through a pipe, and in a real pseudo-terminal."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import pushaway
from pushaway.cli import main

BASE = pushaway.load()
CAR = Path(__file__).parent / "bases" / "car"
PROMPT = "\n> "
OPENING = ["1", "1 3 7", "n", "n", "n", ""]
"""Someone pushes me away; withdrawn, ignoring messages, irritable; safe; nothing beyond."""


PLACES = ([], ["1"], ["1", "1"], OPENING, [*OPENING, *["d"] * 4], ["1", "1", "n", "c"])
SUICIDE = BASE.fact["self-harm-thoughts"].questions["observer"]


def ask(lines: list[str], *arguments: str) -> Result:
    return CliRunner().invoke(main, ["ask", *arguments], input="".join(f"{one}\n" for one in lines))


def answered(lines: list[str], *arguments: str) -> Any:
    """Return the answer that an interview ends with, as data."""
    result = ask(lines, *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def told(answer: Any) -> dict[str, float]:
    return {one["id"]: one["certainty"] for one in answer["evidence"]}


def test_a_newcomer_reaches_advice_in_under_twelve_screens() -> None:
    for perspective, opening in (("observer", OPENING), ("self", ["2", *OPENING[1:4], ""])):
        result = ask([*opening, "d", "d", "d", "d", "a"])
        assert result.exit_code == 0, perspective
        assert result.stderr.count(PROMPT) < 12, "that which offers the answer is one of them"
        assert "So far" in result.stderr
        assert "Thank you" in result.stderr
    result = ask([*OPENING, "d", "d", "d", "d", "a"])
    assert "So far" in result.stderr
    assert "What to do first" in result.stdout
    assert "Overwhelmed emotionally" in result.stdout


def test_it_asks_one_question_a_screen_in_the_words_of_whoever_asks() -> None:
    for perspective in ("self", "observer"):
        screens = re.split(r"> \n", ask(["", "n", "n", "n", "", "d", "d"], "--as", perspective).stderr)
        questions = [one.questions.get(perspective, "-") for one in BASE.facts if one.kind in ("finding", "safeguard")]
        for screen in screens[1:4]:
            flat = " ".join(screen.split())
            assert sum(question in flat for question in questions) == 1, screen


def test_signs_can_be_chosen_by_number_or_by_name() -> None:
    by_number = answered(["1", "1 3 7"])
    by_name = answered(["1", "gone quiet, Left me on READ; irritable"])
    mixed = answered(["1", "1 3 irritable"])
    assert told(by_number) == {"withdrawn": 1, "ignoring-messages": 1, "irritable": 1}
    assert told(by_name) == told(mixed) == told(by_number)
    other = ask(["1", "withdrawn and quiet, drained"], "--format", "json")
    assert told(json.loads(other.stdout)) == {"withdrawn": 1, "drained": 1}
    assert f"Noted: {BASE.fact['drained'].label}." in other.stderr
    for nothing in ("", "0", "none", "no", ","):
        assert told(answered(["1", nothing])) == {}


@pytest.mark.parametrize("said", ["9", "0 1", "1 99999", "1-9", "witdrawn", "1, xyzzy", "²"])
def test_a_choice_that_is_not_understood_is_asked_again_and_nothing_is_taken(said: str) -> None:
    assert told(answered(["1", said])) == {}
    assert told(answered(["1", said, "2"])) == {"unenthusiastic": 1}


def test_answers_go_by_key_or_by_word() -> None:
    opening = ["2", "", "n", "n", ""]
    for key, certainty in {"y": 1, "mostly": 0.7, "S": 0.4, "No.": -1}.items():
        evidence = told(answered([*opening, key]))
        (new,) = {*evidence} - {"self-harm-thoughts", "in-danger"}
        assert evidence[new] == certainty
    for key in (
        "d",
        "don't know",
        "Dont know",
        "1",
        "ye",
        "5",
    ):  # a number is no answer: it may be meant for another list
        assert {*told(answered([*opening, key]))} == {"self-harm-thoughts", "in-danger"}


def test_why_tells_the_rules_that_wait_and_what_each_answer_would_change() -> None:
    result = ask(["1", "why", "1", "w", "n", "n", "n", "w", "", "w"])
    assert result.exit_code == 0
    shown = " ".join(result.stderr.split())
    assert result.stderr.count("What each would change") == 2
    assert "Overwhelmed emotionally (+0.00 → +0.20)" in shown
    assert BASE.fact["bereaved"].text in shown
    assert BASE.safeguards[0].rationale in shown
    assert "What each answer would change" in result.stderr


def test_back_asks_the_question_before_again_and_enter_keeps_it() -> None:
    opening = ["2", "", "n"]
    kept = ask([*opening, "back", "", "n"], "--format", "json")
    assert told(json.loads(kept.stdout)) == {"self-harm-thoughts": -1, "in-danger": -1}
    assert "Answered before" in kept.stderr
    changed = answered([*opening, "b", "d", "n"])
    assert told(changed) == {"in-danger": -1}
    twice = answered([*opening, "b", "b", "1", "n"])
    assert told(twice) == {"withdrawn": 1, "self-harm-thoughts": -1, "in-danger": -1}
    kept = answered(["2", "1", "b", "b", "", "2"])
    assert (kept["perspective"], told(kept)) == ("self", {"withdrawn": 1})
    turned = ask(["2", "1", "n", "y", "b", "b", "b", "b", "1", "2"], "--format", "json")
    about_another = json.loads(turned.stdout)
    assert about_another["perspective"] == "observer"
    assert told(about_another) == {"in-danger": 1}, "only what calls for help is taken over"
    assert SUICIDE in " ".join(turned.stderr.split()), "and the other question about it is asked"
    to_the_start = answered(["2", "b", "1", "1"])
    assert (to_the_start["perspective"], told(to_the_start)) == ("observer", {"withdrawn": 1})


def test_any_earlier_answer_can_be_changed_and_the_later_ones_stay() -> None:
    answer = answered(["2", "1", "n", "n", "", "y", "c", "1", "2 3", "c", "2", "d"])
    evidence = told(answer)
    assert {"unenthusiastic", "ignoring-messages", "in-danger"} <= {*evidence}
    assert not {"withdrawn", "self-harm-thoughts"} & {*evidence}
    assert len(evidence) == 4, "what was answered after it is still there"
    assert told(answered(["2", "1", "c", "", "n"])) == {"withdrawn": 1, "self-harm-thoughts": -1}
    assert "Nothing was answered yet" in ask(["2", "c"]).stderr


def test_what_was_told_and_cannot_be_asked_for_can_be_taken_back() -> None:
    told_by_name = ask(["2", "overwhelmed, mistreated", "c", "2", "q"], "--format", "json")
    assert "Taken back: overwhelmed emotionally." in told_by_name.stderr
    assert told(json.loads(told_by_name.stdout)) == {"mistreated": 1}


def test_who_it_is_about_does_not_take_over_what_was_denied_before() -> None:
    result = ask(["she talks of suicide", "n", "2", ""])
    assert BASE.fact["self-harm-thoughts"].questions["self"] in " ".join(result.stderr.split())


def test_going_back_and_forth_a_thousand_times_is_no_trouble() -> None:
    result = ask(["1", "", *["c", "1"] * 1000, "1"], "--format", "json")
    assert result.exit_code == 0
    assert told(json.loads(result.stdout)) == {"withdrawn": 1}


def test_a_line_that_nobody_types_is_one_line() -> None:
    assert told(answered(["1", "", "x" * 10_000 + "y", "n"])) == {"self-harm-thoughts": -1}


def test_it_offers_the_answer_and_goes_on_if_asked() -> None:
    for key in ("a", "answer"):
        stopped = ask([*OPENING, *["d"] * 4, key])
        assert stopped.exit_code == 0
    gone_on = ask([*OPENING, *["d"] * 4, "", "g", "d", "d"])
    assert gone_on.stderr.count(PROMPT) > stopped.stderr.count(PROMPT)
    for ways in (["b", "d"], ["c", "9", "d"], ["back", "d"]):
        corrected = answered([*OPENING, *["d"] * 3, "y", *ways, "q"])
        assert {*told(corrected)} == {
            "withdrawn", "ignoring-messages", "irritable", "self-harm-thoughts", "in-danger", "mistreated",
        }  # fmt: skip


def test_it_ends_by_itself_when_nothing_could_change() -> None:
    going_on = [line for _ in range(60) for line in ("n", "g")]  # g is not understood at a question, and harms nothing
    result = ask([*OPENING, *going_on])
    assert result.exit_code == 0
    assert "No further question could change what stands out or what helps." in result.stderr
    assert "Answer with a, b, c, and Enter." in result.stderr, "an earlier answer can still be changed"
    places = [tuple(map(int, one)) for one in re.findall(r"^(\d+) of at most (\d+)$", result.stderr, re.M)]
    assert [at for at, _ in places] == sorted(at for at, _ in places)
    assert [most for _, most in places] == sorted((most for _, most in places), reverse=True)


@pytest.mark.parametrize("fact", [one.fact for one in BASE.safeguards])
def test_a_safeguard_is_shown_at_once_and_first_in_every_form(fact: str) -> None:
    safeguard = next(one for one in BASE.safeguards if one.fact == fact)
    place = [one.fact for one in BASE.safeguards].index(fact)
    lines = ["1", "1", *("s" if at == place else "n" for at in range(3))]
    for format_ in ("text", "markdown"):
        result = ask(lines, "--format", format_)
        assert safeguard.title.casefold() in result.stderr.casefold()
        opening = re.sub(r"[\s>█#⚠]+", " ", result.stdout).strip()
        assert opening.casefold().startswith(safeguard.title.casefold())
    answer = answered(lines)
    assert [one["id"] for one in answer["safeguards"]] == [safeguard.id]
    assert answer["ask_next"] == []
    assert "Help comes first, so nothing more is asked." in result.stderr
    assert result.stderr.index(safeguard.helplines[-1].contact) < result.stderr.index("Help comes first, so")
    slip = answered([*lines, "c", str(place + 2), "n"])
    assert slip["safeguards"] == [], "a slip can be mended before the answer"


@pytest.mark.parametrize("before", PLACES, ids=range(len(PLACES)))
def test_who_speaks_of_suicide_at_any_prompt_gets_help_and_is_asked_about_it(before: list[str]) -> None:
    for words in ("I want to die, I can't do this", "1, thinking about killing myself"):
        result = ask([*before, words, "y"], "--format", "json")
        assert result.exit_code == 0
        shown = " ".join(result.stderr.split())
        assert shown.index("findahelpline.com") < shown.rindex(SUICIDE)
        assert [one["id"] for one in json.loads(result.stdout)["safeguards"]] == ["seek-urgent-help"]
        denied = answered([*before, words, "n"])
        assert denied["safeguards"] == [], "nothing is taken without asking"


def test_words_of_danger_are_not_lost_where_their_question_is_left() -> None:
    for format_ in ("text", "markdown"):
        shown = ask(["2", "", "she talks of suicide", "q"], "--format", format_).stdout
        assert shown.index("findahelpline.com") < shown.index("What was said")
    result = ask(["2", "", "she talks of suicide", "q"], "--format", "json")
    assert json.loads(result.stdout)["safeguards"] == []
    assert result.stderr.count("Thoughts of suicide".upper()) == 2
    assert "findahelpline.com" not in ask(["2", "", "she talks of suicide", "n", "q"]).stdout


def test_a_name_of_danger_is_taken_as_told_wherever_it_is_said() -> None:
    for before in PLACES:
        assert [one["id"] for one in answered([*before, "suicidal"])["safeguards"]] == ["seek-urgent-help"]


def test_a_name_adds_to_what_was_chosen_before_and_numbers_replace_it() -> None:
    assert {*told(answered(["1", "1 3", "b", "irritable"]))} == {"withdrawn", "ignoring-messages", "irritable"}
    assert {*told(answered(["1", "1 3", "b", "sad"]))} == {"withdrawn", "ignoring-messages", "sad"}
    assert {*told(answered(["1", "1 3", "b", "2"]))} == {"unenthusiastic"}
    assert {*told(answered(["1", "1 3", "b", "0"]))} == set()


def test_a_safeguard_can_be_named_among_what_was_noticed() -> None:
    named = answered(["1", "withdrawn, suicidal"])
    assert [one["id"] for one in named["safeguards"]] == ["seek-urgent-help"]


def test_at_a_question_about_safety_any_words_bring_help() -> None:
    for words in ("yeah", "maybe", "not sure"):
        assert "findahelpline.com" in ask(["1", "1", words]).stderr
    for words in ("", "b", "d", "n", "1 2", "-1", "ne"):
        assert "findahelpline.com" not in ask(["1", "1", words]).stderr


def test_words_that_are_known_to_mean_something_else_raise_no_alarm() -> None:
    for words in ("hate myself", "xyzzy"):
        assert "findahelpline.com" not in ask(["1", words]).stderr
        assert "findahelpline.com" not in ask([*OPENING, words]).stderr


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["", "1", "2", "y", "d", "w", "b", "c", "g", "0"]) | st.text(max_size=8), max_size=14))
def test_nothing_that_is_typed_makes_it_crash(lines: list[str]) -> None:
    result = ask([line.replace("\n", " ").replace("\r", " ") for line in lines])
    assert result.exit_code == 0
    assert result.exception is None
    assert result.stdout.strip()


def test_answers_are_kept_and_can_be_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    first = answered([*OPENING, "d"], "--save", str(file))
    kept = json.loads(file.read_bytes())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "nobody else's to read"
    assert [one.name for one in tmp_path.iterdir()] == [file.name], "and nothing left beside it"
    assert {id: one for id, one in kept["told"].items() if one} == told(first)
    again = ask([], "--resume", str(file), "--format", "json")
    assert json.loads(again.stdout) == first
    assert "Noticed: withdrawn and quiet" in again.stderr, "what was answered is told"
    assert json.loads(file.read_bytes()) == kept, "only --save writes"
    more = answered(["y"], "--resume", str(file), "--save", str(file))
    assert len(told(more)) == len(told(first)) + 1
    assert len(json.loads(file.read_bytes())["told"]) == len(kept["told"]) + 1


def test_what_is_there_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    file.write_text("mine")
    for arguments in (("--save", str(file)), ("--resume", str(file)), ("--resume", str(file), "--save", str(file))):
        result = ask(["1"], *arguments)
        assert result.exit_code == 2
        assert not result.stdout
        assert str(file)[-20:] in result.stderr.replace("\n", "")
    assert file.read_text() == "mine"


def test_a_link_stays_and_what_it_leads_to_is_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "talk.json", tmp_path / "link.json"
    ask(["1", "1"], "--save", str(file))
    link.symlink_to(file)
    answered(["n"], "--resume", str(link), "--save", str(file))
    assert link.is_symlink()
    assert len([one for one in json.loads(file.read_bytes())["told"].values() if one]) == 2


def test_an_interruption_while_saving_leaves_no_answers_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.replace, []

    def interrupted(*paths: str) -> None:
        calls.append(paths)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*paths)

    monkeypatch.setattr(os, "replace", interrupted)
    result = ask(["1", "1", "n"], "--save", str(tmp_path / "talk.json"), "--format", "json")
    assert result.exit_code == 0
    assert [one.name for one in tmp_path.iterdir()] == ["talk.json"]
    kept = json.loads((tmp_path / "talk.json").read_bytes())["told"]
    assert {id: one for id, one in kept.items() if one} == told(json.loads(result.stdout)) == {"withdrawn": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_only_a_file_can_be_resumed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        result = ask([], "--resume", str(path))
        assert result.exit_code == 2
        assert "not a file" in result.stderr
    assert "no such file" in ask([], "--resume", "-").stderr, "standard input is for answers"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--as", "slef"), "Did you mean `self`"),
        (("--save", "nowhere/talk.json"), "cannot be written"),
        (("--save", ""), "no name"),
        (("--resume", "nowhere.json"), "nowhere.json: there is no such file"),
        (("--base", "nowhere"), "no such file or folder"),
        (("--format", "xml"), "markdown"),
        (("withdrawn",), "unexpected extra argument"),
    ],
)
def test_misuse_is_refused_before_anything_is_asked(arguments: tuple[str, ...], says: str) -> None:
    result = ask([], *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout
    assert PROMPT not in result.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"told": {"witdrawn": 1}}, "Did you mean `withdrawn`"),
        ({"told": {"withdrawn": 7}}, "#/told/withdrawn"),
        ({"base": {"id": "car-trouble", "version": "1.0.0", "digest": "sha256:" + "0" * 64}}, "car-trouble"),
        ({"perspective": "nobody"}, "nobody"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_place(tmp_path: Path, change: Any, says: str) -> None:
    file = tmp_path / "talk.json"
    file.write_text(json.dumps({**pushaway.Consultation("self").to_dict(), **change}))
    result = ask([], "--resume", str(file))
    assert result.exit_code == 2
    assert says in result.stderr
    assert "talk.json" in result.stderr


def test_answers_given_to_another_version_are_gone_on_with_and_it_says_so(tmp_path: Path) -> None:
    file = tmp_path / "talk.json"
    data = pushaway.Consultation("self").tell("drained", "mostly").to_dict()
    data["base"] = {**data["base"], "version": "0.9.0", "digest": "sha256:" + "0" * 64}
    file.write_text(json.dumps(data))
    result = ask([], "--resume", str(file))
    assert result.exit_code == 0
    assert "version 0.9.0" in result.stderr
    assert "--as" in ask([], "--resume", str(file), "--as", "observer").stderr


def test_a_scale_of_other_words_has_keys_of_its_own() -> None:
    car = pushaway.load(CAR)
    result = ask(["1", "1", "s"], "--base", str(CAR))
    assert result.exit_code == 0
    assert "s sure   i I think so   n not so   4 no idea" in result.stderr
    assert car.safeguards[0].title.casefold() in result.stdout.casefold()


def test_only_the_answer_goes_to_standard_output() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pushaway", "ask", "--format", "json"],
        input=b"1\n1 3 7\n\xff\xfe\nn\nn\nn\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["perspective"] == "observer"
    assert b"Who is it about?" in done.stderr


def test_without_standard_input_it_answers_from_what_it_knows() -> None:
    done = subprocess.run(
        f"{sys.executable} -m pushaway ask <&-", shell=True, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "What stands out" in done.stdout
    for closed in ("2>&-", "0> /dev/null"):
        done = subprocess.run(
            f"{sys.executable} -m pushaway ask {closed}",
            shell=True,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        assert "What stands out" in done.stdout


pexpect = pytest.importorskip("pexpect", reason="pexpect needs a pseudo-terminal, which Windows has not")


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    """Start pushaway in a pseudo-terminal and return what controls it."""
    started = []

    def start(*arguments: str, columns: int = 80, **environment: str) -> Any:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "pushaway", *arguments],
            encoding="utf-8",
            dimensions=(40, columns),
            timeout=30,
            cwd=str(tmp_path),
            env={key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")} | environment,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def _answering(child: Any, lines: list[str]) -> None:
    for line in lines:
        child.expect("> $")
        child.sendline(line)


def test_a_person_at_a_terminal_reaches_advice(terminal: Any) -> None:
    child = terminal("ask", PYTHONUTF8="1")
    _answering(child, [*OPENING, "d", "d", "d", "d", "a"])
    child.expect("What to do first")
    rest = child.read()
    child.wait()
    assert child.exitstatus == 0
    assert "Where it comes from" in rest
    assert "\x1b[" in rest, "a terminal gets styled text"


def test_no_line_is_wider_than_the_terminal(terminal: Any) -> None:
    for columns in (80, 40):
        child = terminal("ask", columns=columns, NO_COLOR="1", PYTHONUTF8="1")
        log = child.logfile_read = io.StringIO()
        _answering(child, ["1", "w", "1 3 7", "w", "n", "n", "b", "", "n", "w", "", "w", "n", "n", "c", "", "q"])
        child.read()
        shown = log.getvalue()
        assert "\x1b" not in shown
        assert max(len(line) for line in shown.splitlines()) <= columns


@pytest.mark.parametrize("how", ["sendintr", "sendeof"])
def test_ctrl_c_and_ctrl_d_leave_politely_with_the_answer_so_far(terminal: Any, how: str) -> None:
    for lines in ([], OPENING[:2], OPENING):
        child = terminal("ask", PYTHONUTF8="1")
        _answering(child, lines)
        child.expect("> $")
        getattr(child, how)()
        shown = child.read()
        child.wait()
        assert child.exitstatus == 0, shown
        assert "Thank you." in shown
        assert "What stands out" in shown
        assert "Traceback" not in shown
        assert "Aborted" not in shown


def test_what_was_told_is_on_disk_when_the_terminal_goes_away(terminal: Any, tmp_path: Path) -> None:
    child = terminal("ask", "--save", "talk.json", PYTHONUTF8="1")
    _answering(child, OPENING[:3])
    child.expect("> $")
    child.kill(9)
    child.wait()
    kept = json.loads((tmp_path / "talk.json").read_bytes())
    assert kept["told"]["withdrawn"] == 1
    assert kept["told"]["self-harm-thoughts"] == -1
