"""How people talk to it: commands that parse and call, and what they print."""

from typing import TYPE_CHECKING

from ..knowledge.importing import on_use

if TYPE_CHECKING:
    from .commands import main

__all__ = ["main", "run"]

__getattr__, __dir__ = on_use(__name__, {".commands": ("main",)})


def run() -> None:
    """Be the command ``pushaway``: the whole of a process that answers once and ends."""
    import gc
    import os
    import sys

    gc.disable()  # nothing lives long enough to be worth collecting, and looking takes a tenth of the time
    from .commands import main

    if sys.stdout is None:
        if sys.stderr is not None:
            sys.stderr.write("Error: there is no standard output to write to.\n")
        sys.exit(2)
    try:
        try:
            main()
        finally:
            gc.freeze()  # or Python looks through all of it once more at exit, which takes another tenth
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again at exit
        if not isinstance(error, BrokenPipeError) and sys.stderr is not None:
            sys.stderr.write(f"Error: the answer cannot be written: {error.strerror}.\n")
        sys.exit(2)
