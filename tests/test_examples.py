"""Each example does what it says."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

import pushaway

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="not a checkout: no examples beside the tests")


def _module(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{Path(path).stem}", EXAMPLES / path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The web service.


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(_module("web_service/app.py").app) as client:
        yield client


def test_the_service_answers_as_the_engine_does(client: TestClient) -> None:
    sent = {"perspective": "self", "evidence": {"drained": 0.6, "stressed": True}}
    reply = client.post("/infer", json=sent)
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == pushaway.infer(sent["evidence"], perspective="self").to_dict()
    Draft202012Validator(client.get("/schema/answer").json()).validate(reply.json())


def test_facts_go_by_what_people_call_them(client: TestClient) -> None:
    told = client.post("/infer", json={"evidence": {"left me on read": True}}).json()
    assert [one["id"] for one in told["evidence"]] == ["ignoring-messages"]


def test_safeguards_are_the_first_field_of_every_reply(client: TestClient) -> None:
    replies = [
        client.post("/infer", json={"evidence": {"withdrawn": True, "mistreated": 0.1}}),
        client.post("/infer", json={"evidence": {"she said she wants to die": True}}),
        client.post("/infer", content='{"evidence": wants to die'),
        client.post("/consultation", json={"tell": {"self-harm-thoughts": 0.4}}),
        client.post("/consultation", json={"tell": {"wants to die": 1}}),
    ]
    for reply in replies:
        assert next(iter(reply.json())) == "safeguards"
        assert reply.json()["safeguards"][0]["helplines"]
    assert [reply.status_code for reply in replies] == [200, 422, 422, 200, 422]


@pytest.mark.parametrize(
    ("sent", "pointer", "wrong"),
    [
        ('{"evidence": {"gone quiett": true}}', "/evidence/gone quiett", "Did you mean `withdrawn`"),
        ('{"evidence": {"withdrawn": 2}}', "/evidence/withdrawn", "greater than the maximum"),
        ('{"evidence": {"withdrawn": true, "gone quiet": false}}', "/evidence/gone quiet", "named twice"),
        ('{"evidence": {"withdrawn": true, "withdrawn": false}}', "", "twice"),
        ('{"evidence": {"withdrawn": NaN}}', "", "NaN is no number"),
        ('{"evidence": {}, "perspective": "neighbour"}', "", "unknown perspective"),
        ("[" * 9000, "", "not JSON"),
        ("[1]", "", "not of type 'object'"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(client: TestClient, sent: str, pointer: str, wrong: str) -> None:
    reply = client.post("/infer", content=sent)
    assert reply.status_code == 422
    (problem,) = reply.json()["problems"]
    assert problem["pointer"] == pointer
    assert wrong in problem["wrong"]


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    reply = client.post("/infer", content=b" " * 20_000)
    assert reply.status_code == 413
    assert reply.json()["safeguards"] == []
    for content in ("I want to die" + " " * 20_000, " " * 20_000 + "I want to die", "I want to die" + " " * 500_000):
        reply = client.post("/infer", content=content)
        assert reply.status_code == 413
        assert next(iter(reply.json())) == "safeguards"
        assert [one["id"] for one in reply.json()["safeguards"]] == ["seek-urgent-help"]


def test_a_body_that_never_ends_is_not_read_to_the_end() -> None:
    app = _module("web_service/app.py")
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/infer", "headers": [], "query_string": b""}
    asyncio.run(app.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert taken * 1000 < app.HEARD + 2000


UNFIT = {
    "a value": '{"evidence":{"withdrawn":"I want to die"}}',
    "a note": '{"evidence":{},"note":"I want to die"}',
    "a misspelt name below": '{"evidence":{"x":{"I want to diee":1}}}',
    "no JSON": "I want to die",
    "cut off": '{"evidence":{"I want to die":1',
    "cut off in a misspelt word": '{"evidence":{"I want to diee',
    "escaped": r'{"evidence":{"I don\u2019t want to live":true,"withdrawn":"bad"}}',
    "an escaped line end": r'{"evidence":{"wants\nto die":"x"}}',
    "escaped and cut off": r'{"evidence":{"wants\nto d\u0069e',
}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT)
def test_help_is_offered_wherever_words_of_danger_stand_in_what_does_not_fit(
    client: TestClient, chat: ModuleType, content: str
) -> None:
    for path in ("/infer", "/consultation"):
        reply = client.post(path, content=content)
        assert reply.status_code == 422
        assert [one["id"] for one in reply.json()["safeguards"]] == ["seek-urgent-help"]
    told = json.loads(chat.call(content))
    assert told["problems"]
    assert [one["id"] for one in told["say_first"]] == ["seek-urgent-help"]


def test_an_unknown_schema_may_hide_words_of_danger(client: TestClient) -> None:
    reply = client.get("/schema/I want to die")
    assert reply.status_code == 404
    assert [one["id"] for one in reply.json()["safeguards"]] == ["seek-urgent-help"]


def test_a_consultation_goes_on_from_what_the_client_holds(client: TestClient) -> None:
    turn = client.post("/consultation", json={"perspective": "self"}).json()
    expected = pushaway.Consultation("self")
    assert turn["next"]["several"]
    turn = client.post("/consultation", json={"state": turn["state"], "choose": ["withdrawn"]}).json()
    expected = expected.choose(expected.next, ["withdrawn"])  # type: ignore[arg-type]
    for _ in range(5):
        assert expected.next is not None
        asked = expected.next.questions[0].id
        assert turn["next"]["questions"][0]["id"] == asked
        sent = {"choose": []} if turn["next"]["several"] else {"tell": {asked: "unknown"}}
        turn = client.post("/consultation", json={"state": turn["state"], **sent}).json()
        expected = expected.choose(expected.next, []) if "choose" in sent else expected.tell(asked, "unknown")
    assert turn["answer"] == expected.answer.to_dict()
    assert turn["state"] == expected.to_dict()
    turn = client.post("/consultation", json={"state": turn["state"], "take_back": [asked]}).json()
    assert asked not in turn["state"]["told"]


def test_where_nothing_is_asked_nothing_can_be_chosen(client: TestClient) -> None:
    state = pushaway.Consultation(told={"self-harm-thoughts": 1, "in-danger": 0, "mistreated": 0}).to_dict()
    assert client.post("/consultation", json={"state": state}).json()["next"] is None
    reply = client.post("/consultation", json={"state": state, "choose": ["withdrawn"]})
    assert reply.status_code == 422
    assert "nothing more is asked" in reply.json()["problems"][0]["wrong"]


def test_a_state_that_was_tampered_with_is_refused(client: TestClient) -> None:
    reply = client.post("/consultation", json={"state": {"format": "9"}})
    assert reply.status_code == 422


def test_facts_and_schemas_are_there(client: TestClient) -> None:
    assert [one["id"] for one in client.get("/facts").json()] == [one.id for one in pushaway.load().facts]
    assert client.get("/schema/no-such").status_code == 404
    assert client.get("/infer").status_code == 405


def test_the_commands_of_its_page_work_and_nothing_told_is_logged(tmp_path: Path) -> None:
    page = (EXAMPLES / "web_service" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^curl -s http://127\.0\.0\.1:8000(/\S+)(?: -d '(.*)')?$", page, re.M)
    assert len(commands) == page.count("curl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)],
            cwd=EXAMPLES / "web_service",
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        try:
            statuses = [_sent(port, address, body) for address, body in commands]
        finally:
            server.terminate()
            server.wait(30)
        log.seek(0)
        logged = log.read()
    assert statuses == [200, 422, 200, 200, 200]
    assert '"POST /infer' in logged
    assert not [word for word in ("drained", "quiett", "stressed") if word in logged]


def _sent(port: int, address: str, body: str) -> int:
    import httpx2

    for _ in range(200):
        try:
            return httpx2.request(
                "POST" if body else "GET", f"http://127.0.0.1:{port}{address}", content=body or None, trust_env=False
            ).status_code
        except httpx2.ConnectError:  # not up yet
            time.sleep(0.05)
    raise AssertionError("the service did not start")


# The chatbot's tool.


@pytest.fixture(scope="module")
def chat() -> ModuleType:
    return _module("chatbot_tool/tool.py")


def _called(chat: ModuleType, perspective: str = "observer", **evidence: float) -> dict[str, Any]:
    given = [{"id": id.replace("_", "-"), "certainty": one} for id, one in evidence.items()]
    told: dict[str, Any] = json.loads(chat.call(json.dumps({"perspective": perspective, "evidence": given})))
    return told


def test_the_tool_is_a_schema_in_the_form_that_models_are_given(chat: ModuleType) -> None:
    tool = json.loads(json.dumps(chat.tool()))
    assert tool["type"] == "function"
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool["function"]["name"])
    parameters = tool["function"]["parameters"]
    Draft202012Validator.check_schema(parameters)
    items = parameters["properties"]["evidence"]["items"]
    assert items["properties"]["id"]["enum"] == [one.id for one in pushaway.load().facts]
    assert items["required"] == pushaway.schema("answer")["properties"]["evidence"]["items"]["required"]
    for part in (parameters, items):  # as interfaces ask that hold a model to a schema
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])


def test_a_call_is_answered_in_words_and_not_in_numbers(chat: ModuleType) -> None:
    told = _called(chat, withdrawn=1, irritable=0.7, stressed=1)
    expected = pushaway.infer({"withdrawn": 1, "irritable": 0.7, "stressed": 1})
    assert [one["id"] for one in told["readings"]] == [expected.leading]
    assert told["readings"][0]["how_strongly"] == expected.causes[0].words
    assert told["advice"] == [one.text for one in expected.responses]
    assert told["say_first"] == []
    assert not re.search(r"0\.\d", json.dumps({**told, "notice": ""}))


def test_safeguards_are_said_first_and_what_is_withheld_is_not_told(chat: ModuleType) -> None:
    told = _called(chat, withdrawn=1, mistreated=0.4)
    assert next(iter(told)) == "say_first"
    assert [one["id"] for one in told["say_first"]] == ["look-after-yourself"]
    withheld = pushaway.infer({"withdrawn": 1, "mistreated": 0.4}).withheld
    texts = [one.text for one in pushaway.load().responses if one.id in {gone.id for gone in withheld}]
    assert texts
    assert not [text for text in texts if text in json.dumps(told, ensure_ascii=False)]


@pytest.mark.parametrize(
    "arguments",
    [
        "not json",
        "[" * 9000,
        '{"perspective": "observer"}',
        '{"perspective": "observer", "evidence": [{"id": "witdrawn", "certainty": 1}]}',
        '{"perspective": "observer", "evidence": [{"id": "withdrawn", "certainty": 3}]}',
        '{"perspective": "observer", "evidence": [{"id": "withdrawn", "certainty": NaN}]}',
        '{"perspective": "x", "evidence": []}',
        '{"perspective": "observer", "evidence": [], "evidence": []}',
        '{"perspective":"observer","evidence":[{"id":"sad","certainty":1},{"id":"sad","certainty":-1}]}',
    ],
)
def test_a_call_that_does_not_fit_is_told_what_is_wrong(chat: ModuleType, arguments: str) -> None:
    told = json.loads(chat.call(arguments))
    assert set(told) == {"say_first", "problems"}
    assert told["problems"]


def test_help_is_offered_for_what_the_person_writes_and_for_a_call_that_is_not_understood(chat: ModuleType) -> None:
    assert [one["id"] for one in chat.before_the_model("I want to kill myself")] == ["seek-urgent-help"]
    assert chat.before_the_model("We went for a walk") == []
    assert json.loads(chat.call("he wants to die"))["say_first"]


def test_the_tool_runs_without_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _OFFLINE, str(EXAMPLES / "chatbot_tool" / "tool.py")],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    shown, _, given = done.stdout.partition("The model calls it, and is given:")
    assert shown.startswith("Shown to the person at once:\n  Please reach someone now")
    assert json.loads(given)["say_first"]


_OFFLINE = """
import runpy, socket, sys

def refuse(*_, **__):
    raise OSError("no network")

socket.socket.connect = refuse
runpy.run_path(sys.argv[1], run_name="__main__")
"""


# The notebook.


def test_the_notebook_prints_what_it_shows() -> None:
    notebook = EXAMPLES / "notebook" / "pushaway.ipynb"
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "making"), "--check", str(notebook)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert all(
        cell["outputs"]
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )
