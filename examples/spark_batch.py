"""Many cases past one machine, by Spark: from a DataFrame of evidence to a DataFrame of outcomes.

python examples/spark_batch.py people.parquet outcomes --as self --keep week

Started so, Spark runs on this machine alone. In a job of your own, call `outcomes`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

import pushaway


def outcomes(
    frame: DataFrame,
    engine: pushaway.Engine,
    *,
    perspective: str | None = None,
    keep: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> DataFrame:
    """Return what each row of a DataFrame comes to; columns and settings are those of `Engine.infer_table`.

    The engine goes to the workers, once for each partition. Raises pushaway.EvidenceError for a column that is
    no evidence, before anything is computed.
    """
    given = frame.limit(0).toArrow().schema
    told = engine.outcome_schema(given, keep=keep, ignore=ignore)
    schema = frame.sparkSession.createDataFrame(told.empty_table()).schema
    return frame.mapInArrow(partial(engine.infer_batches, perspective=perspective, keep=keep, ignore=ignore), schema)


def on_this_machine() -> SparkSession:
    """Return a session with two workers that listens to nobody outside this machine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable  # the workers find pushaway where this process finds it
    return (
        SparkSession.builder.master("local[2, 4]")  # a partition is tried four times; by `local[2]` only once
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )


def main() -> None:
    """Write to the folder OUT what each row of IN comes to."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("source", metavar="IN", help="a Parquet file, or a folder of them")
    parser.add_argument("target", metavar="OUT", help="a folder that is not there yet")
    parser.add_argument("--as", dest="perspective", help="whose evidence it is where a row does not say")
    parser.add_argument("--keep", metavar="COLUMN", action="append", default=[], help="copy this column to OUT")
    parser.add_argument("--ignore", metavar="COLUMN", action="append", default=[], help="do not look at this column")
    parser.add_argument("--base", metavar="DIR", help="a knowledge base of your own")
    said = parser.parse_args()
    if not Path(said.source).exists():
        parser.error(f"{said.source} is not there. Name a Parquet file, or a folder of them.")
    if Path(said.target).exists():
        parser.error(f"{said.target} is there already. Name a folder that is not.")
    try:
        engine = pushaway.Engine(pushaway.load(said.base) if said.base else None)
        engine.infer({}, perspective=said.perspective)  # so that a wrong one is told now
    except (pushaway.KnowledgeError, pushaway.EvidenceError) as error:
        parser.error(str(error))
    session = on_this_machine()
    try:
        # Merged, since a file may have columns that the first one does not have.
        people = session.read.option("mergeSchema", "true").parquet(said.source)
        done = outcomes(people, engine, perspective=said.perspective, keep=said.keep, ignore=said.ignore)
        done.write.parquet(said.target)
    except pushaway.EvidenceError as error:
        parser.error(f"{said.source}: {error}")
    finally:
        session.stop()


if __name__ == "__main__":
    main()
