"""Pages whose examples are run: each page from top to bottom, in an empty folder of its own.

What a fenced block is, its first line and the line before it say:

- after a line that is a file's name in backquotes and a colon: that file, written into the folder;
- ``sh``: commands for bash, with ``exit=1`` where that is their status, else 0;
- ``python``: run in one namespace for the whole page;
- ``text``, or ``json`` with ``output``: what the block before it printed. With ``excerpt`` some of it: ``…`` alone on a
  line stands for lines left out;
- ``json`` with the name of a schema: an example that must fit it, printed or not.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

import pushaway

_BLOCK = re.compile(
    r"(?:^(?P<before>`[^`\n]+`):\n\n)?^```(?P<language>\w*)(?P<words>(?: [^\n`]+)?)\n(?P<body>.*?)^```$", re.M | re.S
)
_BORROWED = re.compile(r"^<!-- with the files of (\S+) -->$", re.M)
LEFT_OUT = "…"


class BrokenExampleError(Exception):
    """An example of a page does not do what the page says."""


class Block(NamedTuple):
    """A fenced block: what stands in it, where in the page, and what it is."""

    file: str | None
    language: str
    words: tuple[str, ...]
    body: str
    span: tuple[int, int]


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [
        Block(
            found["before"] and found["before"].strip("`"),
            found["language"],
            tuple(found["words"].split()),
            found["body"],
            found.span("body"),
        )
        for found in _BLOCK.finditer(page)
    ]


def rerun(path: Path, folder: Path) -> str:
    """Run a page's examples in a folder and return the page with what they print now.

    Raises :class:`BrokenExampleError` for what fails, and for a block that is none of the known kinds.
    """
    page = path.read_text(encoding="utf-8")
    for other in _BORROWED.findall(page):
        for block in blocks((path.parent / other).read_text(encoding="utf-8")):
            _write(block, folder)
    namespace: dict[str, Any] = {"__name__": "__page__"}
    printed: str | None = None
    parts, done = [], 0
    for block in blocks(page):
        line = page.count("\n", 0, block.span[0])
        try:
            now, printed = _run(block, folder, namespace, printed)
        except BrokenExampleError as error:
            raise BrokenExampleError(f"{path.name}:{line}: {error}") from None
        parts += [page[done : block.span[0]], now]
        done = block.span[1]
    return "".join([*parts, page[done:]])


def _run(block: Block, folder: Path, namespace: dict[str, Any], printed: str | None) -> tuple[str, str | None]:
    """Return what should stand in a block, and what was printed last."""
    match block:
        case Block(file=str()):
            _write(block, folder)
        case Block(language="sh"):
            return block.body, _shell(block, folder)
        case Block(language="python"):
            return block.body, _python(block.body, folder, namespace)
        case Block(language="text" | "json", words=words) if block.language == "text" or "output" in words:
            if printed is None:
                raise BrokenExampleError("nothing was printed that this could be")
            _fit(block, printed)
            return _printed(block, printed), printed
        case Block(language="json", words=(_, *_)):
            _fit(block, block.body)
        case _:
            raise BrokenExampleError(f"no known kind of block: {block.language} {' '.join(block.words)}")
    return block.body, printed


def _write(block: Block, folder: Path) -> None:
    if block.file:
        file = folder / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.body, encoding="utf-8")


def _shell(block: Block, folder: Path) -> str:
    wanted = next((int(word.removeprefix("exit=")) for word in block.words if word.startswith("exit=")), 0)
    here = os.path.dirname(sys.executable)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.body],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80", "PYTHONUTF8": "1"},
    )
    if done.returncode != wanted:
        raise BrokenExampleError(f"exit status {done.returncode}, not {wanted}\n{done.stdout}{done.stderr}")
    return done.stdout


def _python(code: str, folder: Path, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        try:
            exec(compile(code, "<example>", "exec"), namespace)
        except Exception as error:
            raise BrokenExampleError(f"{type(error).__name__}: {error}\n{code}") from error
    return printed.getvalue()


def _printed(block: Block, printed: str) -> str:
    """Return what was printed; of an excerpt what stands there, if it was."""
    if "excerpt" not in block.words:
        return printed
    rest = printed
    for part in re.split(rf"^{LEFT_OUT}\n", block.body, flags=re.M):
        at = rest.find(part)
        if at < 0:
            raise BrokenExampleError(f"this was not printed, or not there:\n{part}\nbut:\n{printed}")
        rest = rest[at + len(part) :]
    return block.body


def _fit(block: Block, text: str) -> None:
    """Hold JSON to the schema that the block names."""
    for name in block.words:
        if name in ("output", "excerpt") or block.language != "json":
            continue
        for error in Draft202012Validator(pushaway.schema(name)).iter_errors(json.loads(text)):
            raise BrokenExampleError(f"it does not fit the schema {name}: {error.message}")
