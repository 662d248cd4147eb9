"""Builds from what is there now; all else stands in pyproject.toml."""

import shutil

from setuptools import setup
from setuptools.command.build_py import build_py


class FreshBuild(build_py):
    """Starts from an empty folder: a rule that was removed must not ship from an earlier build."""

    def run(self) -> None:
        """Build the packages."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build_py": FreshBuild})
