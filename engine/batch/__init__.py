"""Many cases at once: arrays, tables and files, by a vectorised evaluator of the same program."""
