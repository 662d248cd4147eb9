"""What is wrong with a knowledge base: collected, placed, and with a remedy."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """One defect of a knowledge base.

    ``file`` is relative to the base's folder, ``pointer`` a JSON Pointer (RFC 6901) into it, empty
    for the whole document. ``wrong`` says what is the matter, ``remedy`` what would mend it.
    """

    file: str
    pointer: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        steps = "/".join(printable(step) for step in self.pointer.split("/"))
        place = printable(self.file, 200) + (f"#{steps}" if steps else "")
        return f"{place}: {self.wrong}. {self.remedy}"


class KnowledgeError(ValueError):
    """A knowledge base that cannot be used; ``problems`` lists every defect that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=_in_reading_order))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _in_reading_order(problem: Problem) -> tuple[object, ...]:
    steps = [(int(step), "") if step.isdecimal() else (-1, step) for step in problem.pointer.split("/")]
    return problem.file, steps, problem


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer (RFC 6901) that takes these steps from the document's root."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def quoted(text: object, room: int = 60) -> str:
    """Return text in backquotes, safe to print: nothing in it can steer a terminal or fill a screen."""
    return "`" + printable(str(text), room).replace("`", "'") + "`"


_KINDS: tuple[tuple[Any, str], ...] = (
    (type(None), "nothing (null)"),
    (bool, "true or false"),
    (int | float, "a number"),
    (str, "text"),
    (bytes, "bytes"),
    (list | tuple, "a list"),
    (dict, "a mapping"),
)


def kind_of(given: object) -> str:
    """Return what something is, in words for whoever gave it, and never what it says."""
    return next(
        (words for kind, words in _KINDS if isinstance(given, kind)), f"something of type {type(given).__name__}"
    )


def printable(text: str, room: int = 60) -> str:
    """Return text at most ``room`` long in which nothing can steer a terminal or fill a screen."""
    words = text if len(text) <= room else text[: room - 1] + "…"
    return "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in words)


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> Sequence[str]:
    """Return up to three of the known words that are spelled most like this one, best first.

    ``likeness``, from 0 to 1, is how much alike they must be, as difflib measures it.
    """
    import difflib  # only a mistake should pay for it

    return difflib.get_close_matches(word[:80], list(known), n=3, cutoff=likeness)


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a remedy that names the nearest known words, or the given one where none is near."""
    near = nearest(word, known)
    return f"Did you mean {' or '.join(quoted(one) for one in near)}?" if near else otherwise
