"""What the tests share."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import torch
from bundles import make_bundle
from places import ROOT

torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--full` also runs what takes minutes; `--short` leaves out what takes many seconds."""
    parser.addoption("--full", action="store_true", help="the whole worked example, and back into the studio")
    parser.addoption("--short", action="store_true", help="what `npm test` runs: one of each kind")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the long tests, unless they are asked for; pytest counts them as deselected."""
    left_out = [] if config.getoption("--full") else ["full"]
    left_out += ["long"] if config.getoption("--short") else []
    long = [item for item in items if any(map(item.get_closest_marker, left_out))]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bundle before its first step."""
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="session")
def example_bundle() -> Path:
    """The worked example's records and recipe as the studio itself hands them off, made by its own code in Node."""
    folder = ROOT / "build/handoff/example"
    script = ["node", "scripts/run-ts.mjs", "test/handoff/example-bundle.ts", str(folder)]
    subprocess.run(script, cwd=ROOT, check=True, capture_output=True)
    return folder
