"""What cannot be changed: a mapping that unlike ``MappingProxyType`` can be pickled, and what is worked out once."""

from __future__ import annotations

import functools
from typing import Any, NoReturn, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")


class Frozen(dict[K, V]):
    """A dictionary that refuses every change with a TypeError."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping cannot be changed")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __repr__(self) -> str:
        # Nobody's answers in a traceback: what was told is kept in such mappings.
        return f"<{type(self).__name__} of {len(self)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


class cached_property(functools.cached_property[V]):  # noqa: N801 # it is used as the one of the standard library is
    """A property that is worked out when first asked for, as in functools from Python 3.12 on: without a lock.

    Before that, the property has one lock for all objects: threads wait for each other's traces, and a child
    forked while another thread held it waits forever. Threads that ask at once may both do the work; all
    get the same value.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> cached_property[V]: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> V: ...
    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> cached_property[V] | V:
        if instance is None:
            return self
        name: Any = self.attrname
        found: V = vars(instance).setdefault(name, self.func(instance))
        return found
