"""What all tests share: how Hypothesis runs, fresh processes, and documents of the shipped base."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from pushaway.engine.audit import AuditReport

# "steady" draws the same examples on every run, so that a change is judged by its own merits;
# HYPOTHESIS_PROFILE=search draws new ones. Neither writes what it found to disk.
_SHARED: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("steady", derandomize=True, **_SHARED)
settings.register_profile("search", print_blob=True, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

Process = Callable[..., str]


@pytest.fixture
def fresh_process(tmp_path: Path) -> Process:
    """Run Python code in a process and a folder of its own and return what it prints."""

    def run(code: str, *arguments: str, hash_seed: int | None = None) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        if hash_seed is not None:
            environment["PYTHONHASHSEED"] = str(hash_seed)
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment | {"PYTHONUTF8": "1"},
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def shipped_documents() -> dict[str, Any]:
    """Return the documents of the shipped base, by file name, as plain JSON."""
    from pushaway.knowledge.loading import SHIPPED

    return {
        file.relative_to(SHIPPED).as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in Path(SHIPPED).rglob("*.json")
    }


@pytest.fixture(scope="session")
def shipped_report() -> AuditReport:
    """Return the audit of the shipped base; it takes some fifteen seconds, so all tests share it."""
    from pushaway.engine.audit import audit

    return audit(today=date(2026, 11, 24))
