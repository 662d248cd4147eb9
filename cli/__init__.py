"""How people talk to it: commands that parse and call, and what they print."""

from .main import main

__all__ = ["main", "run"]


def run() -> None:
    """Be the command ``pushaway``: the whole of a process that answers once and ends."""
    import gc

    gc.disable()  # nothing lives long enough to be worth collecting, and looking takes a tenth of the time
    main()
