"""A tool for a chatbot: a function schema in the style of OpenAI's, and what to do when a model calls it.

It needs no network and no key. Any chat interface that knows tools can be given ``tool()``; give the arguments of a
call to ``call``, and its result back to the model. Give what the person writes to ``before_the_model`` first.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

import pushaway

ENGINE = pushaway.Engine()
BASE = ENGINE.base
NAME = "why_someone_pushes_people_away"


def tool() -> dict[str, Any]:
    """Return the tool as a chat interface takes it, made from the answer's schema and the base's facts."""
    return {
        "type": "function",
        "function": {
            "name": NAME,
            "description": (
                "Reasons from what was noticed or told to readings of why someone who is sad pulls away, and to what "
                "helps. Call it only with what the person said; ask for the rest. Anything about suicide, self-harm, "
                "danger or mistreatment must be passed on. Say everything under say_first before anything else, word "
                "by word. It gives no diagnosis and no probability."
            ),
            "parameters": parameters(),
        },
    }


def parameters() -> dict[str, Any]:
    """Return the schema of the tool's arguments."""
    evidence = pushaway.schema("answer")["properties"]["evidence"]
    evidence["description"] = "What the person said. Leave out what they did not speak of."
    evidence["items"]["properties"]["id"] = {
        "enum": [one.id for one in BASE.facts],
        "description": "\n".join(f"{one.id}: {one.label}" for one in BASE.facts),
    }
    scale = ", ".join(f"{one.certainty} {one.label}" for one in BASE.answers)
    evidence["items"]["properties"]["certainty"]["description"] = f"From -1 to 1: {scale}."
    return {
        "type": "object",
        "properties": {
            "perspective": {
                "enum": [one.id for one in BASE.perspectives],
                "description": ", ".join(f"{one.id}: {one.label}" for one in BASE.perspectives),
            },
            "evidence": evidence,
        },
        "required": ["perspective", "evidence"],
        "additionalProperties": False,
    }


def before_the_model(message: str) -> list[dict[str, Any]]:
    """Return what to show the person before a model sees their message: help, where it may speak of danger.

    It knows expressions, by list. It does not replace other care for what people write.
    """
    return [_safeguard(one) for one in BASE.safeguards if one.fact in pushaway.mentioned(BASE, message)]


def call(arguments: str) -> str:
    """Return the result of a call, as JSON: for arguments that do not fit, what would mend them."""
    try:
        given = json.loads(arguments, object_pairs_hook=_each_once)
        misfits = [error.message for error in Draft202012Validator(parameters()).iter_errors(given)]
        twice = not misfits and len({one["id"] for one in given["evidence"]}) < len(given["evidence"])
        if misfits or twice:
            return _told(before_the_model(arguments), {"problems": misfits or ["Give each id once."]})
        evidence = {one["id"]: one["certainty"] for one in given["evidence"]}
        answer = ENGINE.infer(evidence, perspective=given["perspective"])
    except (ValueError, RecursionError) as error:
        return _told(before_the_model(arguments), {"problems": [f"The arguments cannot be read: {error}"]})
    return _told([_safeguard(one) for one in answer.safeguards], _for_the_model(answer))


def _for_the_model(answer: pushaway.Answer) -> dict[str, Any]:
    """Return what a model may speak of: words in place of numbers, and nothing that is withheld."""
    return {
        "readings": [
            {
                "id": one.id,
                "name": one.name,
                "how_strongly": one.words,
                "because": [BASE.rule[reason.rule].title for reason in one.because if reason.rule in BASE.rule],
            }
            for one in answer.causes
            if "suggested" in one.words
        ],
        "verdict": BASE.verdicts[answer.verdict],
        "advice": [one.text for one in answer.responses],
        "ask_next": [one._asdict() for one in answer.ask_next],
        "beyond_the_source": [one.text for one in answer.beyond],
        "notice": answer.notice,
    }


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a name that stands there twice would hide what was said first."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _safeguard(one: Any) -> dict[str, Any]:
    lines = [f"{line.region}: {line.name}, {line.contact} (checked {line.verified})" for line in one.helplines]
    return {"id": one.id, "text": one.text, "helplines": lines}


def _told(safeguards: list[dict[str, Any]], rest: dict[str, Any]) -> str:
    return json.dumps({"say_first": safeguards, **rest}, ensure_ascii=False)


if __name__ == "__main__":
    # What a host does, with a model's call written by hand.
    message = "My sister has gone quiet and snaps at me. Last night she said she wants to die."
    print("Shown to the person at once:")
    for safeguard in before_the_model(message):
        print(f"  {safeguard['text']}")
        print(*(f"    {line}" for line in safeguard["helplines"]), sep="\n")
    print(f"\nGiven to the model: the tool {tool()['function']['name']}")
    called = {
        "perspective": "observer",
        "evidence": [
            {"id": "withdrawn", "certainty": 1},
            {"id": "irritable", "certainty": 0.7},
            {"id": "self-harm-thoughts", "certainty": 1},
        ],
    }
    print("\nThe model calls it, and is given:")
    print(json.dumps(json.loads(call(json.dumps(called))), indent=2, ensure_ascii=False))
