"""Writing a file whole or not at all: until all of it is written, what was there stays."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


def replace_file(path: str, data: bytes, *, private: bool) -> None:
    """Put a new file with this in it in the place of one, as :func:`replacing` does."""
    with replacing(path, private=private) as stream:
        stream.write(data)


@contextmanager
def replacing(path: str, *, private: bool) -> Iterator[IO[bytes]]:
    """Yield a stream to a new file, which takes the place of one at the end, unless something is raised before.

    Where a link leads to the file, the file is replaced, and not the link. A private one can only be read by its
    owner; another keeps the mode that it had. A device or a pipe is written to, and stays what it is. Raises
    OSError or ValueError where it cannot be written.
    """
    file = os.path.realpath(path)
    before = os.stat(path).st_mode if os.path.exists(path) else None
    if before is not None and not stat.S_ISREG(before):
        with open(path, "wb") as stream:  # of /dev/stdout, the real path may be no path
            yield stream
        return
    handle, unfinished = tempfile.mkstemp(dir=os.path.dirname(file), prefix=".pushaway-")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        if not private:
            os.umask(mask := os.umask(0o077))
            os.chmod(unfinished, 0o666 & ~mask if before is None else stat.S_IMODE(before))
        os.replace(unfinished, file)
    except BaseException:  # Ctrl-C, too, must leave nothing behind
        os.unlink(unfinished)
        raise
