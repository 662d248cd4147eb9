"""How people talk to it: commands that parse and call, and what they print."""

from .main import main

__all__ = ["main", "run"]


def run() -> None:
    """Be the command ``pushaway``: the whole of a process that answers once and ends."""
    import gc
    import os
    import sys

    gc.disable()  # nothing lives long enough to be worth collecting, and looking takes a tenth of the time
    if sys.stdout is None:
        if sys.stderr is not None:
            sys.stderr.write("Error: there is no standard output to write to.\n")
        sys.exit(2)
    try:
        try:
            main()
        finally:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again at exit
        if not isinstance(error, BrokenPipeError) and sys.stderr is not None:
            sys.stderr.write(f"Error: the answer cannot be written: {error.strerror}.\n")
        sys.exit(2)
