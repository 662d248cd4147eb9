"""Nobody's answers in a traceback: what error reporters collect says where it went wrong, and not what was told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def private(function: Callable[P, T]) -> Callable[P, T]:
    """Clear the local variables of an exception's frames as it leaves a public function.

    Many programs send the local variables of every frame along with an error. The lines stay, in this
    function's frames and below. The caller's own frames are the caller's, and so is an exception that
    the caller is handling meanwhile.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            del args, kwargs
            _clear(error, handled)
            raise

    return call


class PrivateIterator(Iterator[T]):
    """Gives what another iterator does, each as :func:`private` gives what a function returns."""

    def __init__(self, given: Iterator[T]) -> None:
        self._given = given

    @private
    def __next__(self) -> T:
        return next(self._given)


def _clear(error: BaseException, handled: BaseException | None) -> None:
    from traceback import clear_frames  # only an error should pay for it

    seen = {id(handled)}
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            clear_frames(one.__traceback__)
            chain += one.__cause__, one.__context__


def unprinted(kind: type[T]) -> type[T]:
    """Give the records of a class a repr without what they hold, which is somebody's answers or follows from them."""
    kind.__repr__ = lambda self: f"<{type(self).__name__}>"  # type: ignore[method-assign]
    return kind
