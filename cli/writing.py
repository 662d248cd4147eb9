"""Writing a file whole or not at all: until all of it is written, what was there stays."""

from __future__ import annotations

import os
import stat
import tempfile


def replace_file(path: str, data: bytes, *, private: bool) -> None:
    """Put a new file in the place of one; where a link leads to it, not in place of the link.

    A private one can only be read by its owner; another keeps the mode that it had. A device or a pipe is
    written to, and stays what it is. Raises OSError or ValueError where it cannot be written.
    """
    file = os.path.realpath(path)
    before = os.stat(file).st_mode if os.path.exists(file) else None
    if before is not None and not stat.S_ISREG(before):
        with open(file, "wb") as stream:
            stream.write(data)
        return
    handle, unfinished = tempfile.mkstemp(dir=os.path.dirname(file), prefix=".pushaway-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if not private:
            os.umask(mask := os.umask(0o077))
            os.chmod(unfinished, 0o666 & ~mask if before is None else stat.S_IMODE(before))
        os.replace(unfinished, file)
    except BaseException:  # Ctrl-C, too, must leave nothing behind
        os.unlink(unfinished)
        raise
