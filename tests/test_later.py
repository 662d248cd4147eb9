"""What no answer needs of the shipped base is worked out when it is first asked for, and is then the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

import pushaway
from pushaway.knowledge import loading
from pushaway.knowledge.later import Later
from pushaway.knowledge.model import KnowledgeBase


@dataclasses.dataclass(frozen=True)
class Record:
    worth: Later[int] = Later()  # noqa: RUF009 # a descriptor belongs to the class


SHIPPED = pushaway.load()


def _fresh(folder: Path | str = loading.SHIPPED, monkeypatch: pytest.MonkeyPatch | None = None) -> KnowledgeBase:
    """Return the shipped base as a new process loads it, or that in another folder in its place."""
    if monkeypatch is not None:
        monkeypatch.setattr(loading, "SHIPPED", str(folder))
    return loading._shipped.__wrapped__()


def test_a_field_for_later_is_worked_out_once_and_let_go() -> None:
    asked = []

    def worth() -> int:
        asked.append(1)
        return 7

    record = Record(worth)
    assert not asked
    assert record.worth == record.worth == 7
    assert len(asked) == 1
    assert vars(record) == {"worth": 7}


def test_a_field_for_later_takes_a_value_and_wants_one() -> None:
    assert Record(7) == Record(lambda: 7)
    assert dataclasses.replace(Record(lambda: 7)) == Record(7)
    with pytest.raises(TypeError, match="worth"):
        Record()
    with pytest.raises(dataclasses.FrozenInstanceError):
        Record(7).worth = 8  # type: ignore[misc]


def test_what_cannot_be_worked_out_is_asked_for_again() -> None:
    given = iter([OSError("not now"), 7])

    def worth() -> int:
        one = next(given)
        if isinstance(one, Exception):
            raise one
        return one

    record = Record(worth)
    with pytest.raises(OSError, match="not now"):
        _ = record.worth
    assert record.worth == 7


def test_the_shipped_base_is_the_same_as_when_it_is_checked_in_full() -> None:
    fresh, whole = _fresh(), pushaway.load(loading.SHIPPED)
    for field in dataclasses.fields(KnowledgeBase):
        assert getattr(fresh, field.name) == getattr(whole, field.name), field.name
    assert len(fresh.cases) > 100


def test_all_cases_of_the_shipped_base_stand_in_one_folder_and_nothing_else(shipped_documents: dict[str, Any]) -> None:
    for name, document in shipped_documents.items():
        assert name.startswith(loading.CASES) == (document["kind"] == "cases"), name


def test_what_is_left_for_later_is_that_of_the_files_as_they_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(loading.SHIPPED, folder)
    base = _fresh(folder, monkeypatch)
    for file in folder.rglob("*.json"):
        file.write_text('{"kind": "rules", "rules": []}', encoding="utf-8")
    assert (base.digest, base.cases) == (SHIPPED.digest, SHIPPED.cases)


def test_the_digest_tells_whenever_an_installed_file_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(loading.SHIPPED, folder)
    digests = {_fresh(folder, monkeypatch).digest}
    for number, file in enumerate(sorted(folder.rglob("*.json")), 2):
        file.write_text(file.read_text(encoding="utf-8").replace("{", '{"x": 0, ', 1), encoding="utf-8")
        digests.add(_fresh(folder, monkeypatch).digest)
        assert len(digests) == number, file


@pytest.mark.parametrize("asked", [False, True], ids=["before", "after"])
def test_a_base_can_be_copied_and_pickled_before_and_after_it_was_asked(*, asked: bool) -> None:
    base = _fresh()
    if asked:
        assert base.digest
        assert base.cases
    for other in (copy.copy(base), copy.deepcopy(base), pickle.loads(pickle.dumps(base))):
        assert (other.digest, other.cases) == (SHIPPED.digest, SHIPPED.cases)


def test_threads_that_ask_at_once_are_told_the_same() -> None:
    base, told = _fresh(), []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        told.append((base.digest, base.cases))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [(SHIPPED.digest, SHIPPED.cases)] * 8
