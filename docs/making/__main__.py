"""Make what is made in the pages: the API from docstrings, fields from schemas, and what the examples print.

``python docs/making`` writes it; with ``--check`` it writes nothing and tells what is not as it should be.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

from api_page import api_page
from fenced import BrokenExampleError, rerun
from field_tables import with_tables
from notebooks import rerun_notebook

ROOT = Path(__file__).parents[2]
API = ROOT / "docs" / "api.md"
COMMAND = "python docs/making"


def made(path: Path) -> str:
    """Return what a page or notebook should be."""
    if path == API:
        return api_page(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        if path.suffix == ".ipynb":
            return rerun_notebook(path, Path(folder))
        return with_tables(rerun(path, Path(folder)))


def main() -> int:
    """Do what the arguments say and return the exit status: 1 where a page is not, or cannot be, as it should."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("pages", nargs="*", type=Path, help="pages and notebooks; all of docs and examples if left out")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 where something differs")
    asked = parser.parse_args()
    wrong = 0
    for path in [page.resolve() for page in asked.pages] or [
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "examples").rglob("*.ipynb")),
    ]:
        stands = path.read_text(encoding="utf-8") if path.exists() else ""
        try:
            should = made(path)
        except BrokenExampleError as error:
            wrong += 1
            print(error, file=sys.stderr)
            continue
        if should == stands:
            continue
        if asked.check:
            wrong += 1
            change = difflib.unified_diff(
                stands.splitlines(), should.splitlines(), path.name, "as it should be", lineterm=""
            )
            print(*change, f"Run `{COMMAND}` to write {path.name} anew.", sep="\n", file=sys.stderr)
        else:
            path.write_text(should, encoding="utf-8")
            print(f"wrote {path.name}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
