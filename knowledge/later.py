"""A field of a record that may be left to be worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Later(Generic[T]):
    """A field of a dataclass that takes its value or a function without arguments that returns it.

    The function is called when the field is first read, and then let go. Threads that read it at the
    same moment may each call it, so it must return the same whenever it is called; for a record that
    can be pickled it is a :func:`functools.partial` of a module's function.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, record: None, owner: type) -> Later[T]: ...
    @overload
    def __get__(self, record: object, owner: type) -> T: ...
    def __get__(self, record: object, owner: type) -> Any:
        if record is None:
            raise AttributeError(self._name)  # which tells a dataclass that the field has no default
        value = vars(record)[self._name]
        if callable(value):
            value = vars(record)[self._name] = value()
        return value

    def __set__(self, record: object, value: T | Callable[[], T]) -> None:
        vars(record)[self._name] = value
