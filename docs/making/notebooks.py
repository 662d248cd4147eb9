"""Notebooks, run from top to bottom by a kernel of their own."""

from __future__ import annotations

import os
from pathlib import Path


def rerun_notebook(path: Path, folder: Path) -> str:
    """Run a notebook, working in a folder, and return it with what its cells print now.

    Nothing of the machine stays in it: no times, no paths, no version of Python.
    """
    os.environ |= {
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    import nbformat  # after the environment is set, which they read when imported
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="python3", resources=where, record_timing=False).execute()
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for cell in notebook.cells:
        cell.metadata = {}
    return str(nbformat.writes(notebook, indent=1)) + "\n"
