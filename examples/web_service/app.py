"""A small web service around pushaway: evidence in, answer out, and a consultation whose state stays with the client.

Start it in this folder with ``uvicorn app:app``. Nothing that is told is stored or logged, and safeguards come first in
every reply, also beside an error. It is an example: put it behind TLS, and limit who may call it and how often.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import pushaway

LIMIT = 16_384
"""How many bytes a body may have."""

HEARD = 16 * LIMIT
"""How many bytes of a longer one are looked at for words that call for help."""

ENGINE = pushaway.Engine()  # one for all requests and threads
BASE = ENGINE.base

EVIDENCE = Draft202012Validator(pushaway.schema("evidence"))
TURN = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "state": {"description": "What the last reply gave as `state`; left out at the beginning."},
            "perspective": {"enum": [one.id for one in BASE.perspectives], "description": "For the beginning."},
            "tell": {
                "type": "object",
                "description": "Ids of facts to answers of the base's scale, or to certainties.",
            },
            "choose": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What fits of the step asked last.",
            },
            "take_back": {"type": "array", "items": {"type": "string"}, "description": "Ids to be asked anew."},
        },
        "additionalProperties": False,
    }
)


class UnfitError(Exception):
    """A body that cannot be worked with: all its problems."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__()  # no message: what was said belongs in no log
        self.problems = problems


def answered(text: str) -> dict[str, Any]:
    """Return the answer to evidence. Facts may be named as people name them."""
    data = read(text, EVIDENCE)
    evidence: dict[str, bool | float] = {}
    problems: list[dict[str, Any]] = []
    for name, given in data["evidence"].items():
        try:
            id = pushaway.resolve(BASE, name)
        except pushaway.UnknownNameError as error:
            problems.append({"pointer": f"/evidence/{name}", "wrong": str(error), "near": error.near})
        else:
            if id in evidence:
                problems.append({"pointer": f"/evidence/{name}", "wrong": f"{id} is named twice"})
            evidence[id] = given
    if problems:
        raise UnfitError(problems)
    try:
        answer = ENGINE.infer(evidence, perspective=data.get("perspective"))
    except pushaway.EvidenceError as error:
        raise UnfitError([{"pointer": "", "wrong": str(error)}]) from None
    return safeguards_first(answer.to_dict())


def consulted(text: str) -> dict[str, Any]:
    """Return the next step of a consultation. The client holds its state, and this service none."""
    data = read(text, TURN)
    try:
        if "state" in data:
            consultation = pushaway.Consultation.from_dict(data["state"], ENGINE)
        else:
            consultation = pushaway.Consultation(data.get("perspective"), engine=ENGINE)
        if "choose" in data:
            consultation = chosen(consultation, data["choose"])
        for id, reply in data.get("tell", {}).items():
            consultation = consultation.tell(id, reply)
        for id in data.get("take_back", ()):
            consultation = consultation.take_back(id)
    except ValueError as error:  # all errors of pushaway are
        raise UnfitError([{"pointer": "", "wrong": str(error)}]) from None
    step = consultation.next
    return safeguards_first(
        {
            "safeguards": consultation.answer.to_dict()["safeguards"],
            "next": step
            and {"kind": step.kind, "several": step.several, "questions": [one._asdict() for one in step.questions]},
            "replies": [{"id": one.id, "label": one.label} for one in BASE.answers],
            "progress": consultation.progress._asdict(),
            "steady": consultation.steady,
            "answer": consultation.answer.to_dict(),
            "state": consultation.to_dict(),
        }
    )


def chosen(consultation: pushaway.Consultation, ids: list[str]) -> pushaway.Consultation:
    """Return the consultation with what was chosen of the step that it asks next."""
    if consultation.next is None:
        raise ValueError("nothing more is asked, so nothing can be chosen")
    return consultation.choose(consultation.next, ids)


def safeguards_first(data: dict[str, Any]) -> dict[str, Any]:
    """Return data with its safeguards before all else."""
    return {"safeguards": data["safeguards"], **data}


def help_for(text: str) -> list[dict[str, Any]]:
    """Return the safeguards that may be meant by what was said, in the form in which an answer has them."""
    facts = pushaway.mentioned(BASE, text)
    return [
        {
            "id": one.id,
            "text": one.text,
            "because": [one.fact],
            "helplines": [
                {"region": line.region, "name": line.name, "contact": line.contact, "verified": line.verified}
                for line in one.helplines
            ],
        }
        for one in BASE.safeguards
        if one.fact in facts
    ]


def read(text: str, validator: Draft202012Validator) -> Any:
    """Return the JSON in a text; raises UnfitError with all that keeps it from the form that is asked for."""
    try:
        data = json.loads(text, object_pairs_hook=each_once, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise UnfitError([{"pointer": "", "wrong": f"it is not JSON that can be read: {error}"}]) from None
    problems = [
        {"pointer": "".join(f"/{step}" for step in error.absolute_path), "wrong": error.message}
        for error in validator.iter_errors(data)
    ]
    if problems:
        raise UnfitError(problems)
    return data


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a name that stands there twice would hide what was said first."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def refuse(constant: str) -> NoReturn:
    """Refuse NaN and infinities, which are no JSON."""
    raise ValueError(f"{constant} is no number")


def taking(work: Callable[[str], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that gives a body to some work, in a thread, and its result or its problems back."""

    async def endpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > HEARD:
                break
        text = body[:HEARD].decode("utf-8", "replace")
        problems, status = [{"pointer": "", "wrong": f"more than {LIMIT} bytes"}], 413
        if len(body) <= LIMIT:
            try:
                return reply(await run_in_threadpool(work, text))
            except UnfitError as error:
                problems, status = error.problems, 422
        return reply({"safeguards": await run_in_threadpool(help_for, text), "problems": problems}, status)

    return endpoint


async def facts(_: Request) -> Response:
    """Give what can be told: ids, labels, and a question for each perspective."""
    return reply(
        [{"id": one.id, "kind": one.kind, "label": one.label, "questions": {**one.questions}} for one in BASE.facts]
    )


async def schema(request: Request) -> Response:
    """Give a JSON Schema by name: answer, evidence, consultation or another."""
    try:
        return reply(pushaway.schema(request.path_params["name"]))
    except KeyError as error:
        safeguards = await run_in_threadpool(help_for, request.path_params["name"])
        return reply({"safeguards": safeguards, "problems": [{"pointer": "", "wrong": error.args[0]}]}, 404)


def reply(data: Any, status: int = 200) -> Response:
    """Return a reply that nothing on the way may keep."""
    return JSONResponse(data, status, headers={"Cache-Control": "no-store"})


app = Starlette(
    routes=[
        Route("/infer", taking(answered), methods=["POST"]),
        Route("/consultation", taking(consulted), methods=["POST"]),
        Route("/facts", facts),
        Route("/schema/{name}", schema),
    ]
)
