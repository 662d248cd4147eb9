"""Many cases past one machine, by Dask: from Parquet files of evidence to Parquet files of outcomes.

python examples/dask_batch.py people.parquet outcomes --as self --keep week

Started so, Dask runs in two processes on this machine. With a cluster of your own, call `write_outcomes`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import dask
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from dask.distributed import Client, LocalCluster

import pushaway


def write_outcomes(
    source: str | Path,
    target: str | Path,
    engine: pushaway.Engine,
    *,
    perspective: str | None = None,
    keep: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> None:
    """Write to the folder `target` what each row of `source` comes to, by the Dask client of this process.

    `source` is a Parquet file or a folder of them; every worker must reach both. Each group of rows is a
    partition, and a file of its own in `target`, which is there once all are written. Columns and settings are
    those of `Engine.infer_table`. Raises pushaway.EvidenceError for a column that is no evidence, and
    FileExistsError where `target` is there.
    """
    target = Path(target).absolute()
    if target.exists():
        raise FileExistsError(f"{target} is there already. Name a folder that is not.")
    files = [*ds.dataset(Path(source).absolute()).get_fragments()]
    # Of all, since a file may have columns that the first one does not have.
    given = pa.unify_schemas([file.physical_schema for file in files])
    engine.outcome_schema(given, keep=keep, ignore=ignore)
    settings = {"perspective": perspective, "keep": keep, "ignore": ignore}
    partitions = [partition for file in files for partition in file.split_by_row_group()]
    shared = dask.delayed(engine)  # so it goes to each worker once, and not with each partition
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as unfinished:
        (written := Path(unfinished, "written")).mkdir()
        dask.compute(
            [
                dask.delayed(_write)(shared, partition, given, settings, written / f"part-{number:05}.parquet")
                for number, partition in enumerate(partitions)
            ]
        )
        written.rename(target)


def _write(
    engine: pushaway.Engine, partition: ds.Fragment, given: pa.Schema, settings: Mapping[str, Any], target: Path
) -> None:
    """Write what a partition comes to: whole, and to the same place each time that it is tried."""
    attempt = target.parents[1] / uuid4().hex
    schema = engine.outcome_schema(given, keep=settings["keep"], ignore=settings["ignore"])
    with pq.ParquetWriter(attempt, schema) as writer:
        for batch in engine.infer_batches(partition.to_batches(given), **settings):
            writer.write_batch(batch)
    attempt.replace(target)


def on_this_machine() -> LocalCluster:
    """Return a cluster of two processes without a dashboard that listens to nobody outside this machine."""
    return LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)


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
    settings = {"perspective": said.perspective, "keep": said.keep, "ignore": said.ignore}
    try:
        with on_this_machine() as cluster, Client(cluster):
            write_outcomes(said.source, said.target, engine, **settings)
    except pushaway.EvidenceError as error:
        parser.error(f"{said.source}: {error}")


if __name__ == "__main__":
    main()
