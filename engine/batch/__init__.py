"""Many cases at once: arrays, tables and files, by a vectorised evaluator of the same program."""

try:
    import numpy  # noqa: F401 # what all of it rests on, and no other part
except ImportError as error:
    raise ImportError(f"many cases need {error.name}: install `pushaway[batch]`", name=error.name) from error
