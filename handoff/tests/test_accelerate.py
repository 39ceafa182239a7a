"""`accelerate launch` with the file that a bundle brings: two processes, on a CPU where there is nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bundles import TINY
from places import ROOT, environment

from medcare_train.cli import main
from medcare_train.files.archive import read_archive


def test_the_one_process_that_it_starts_on_a_cpu_without_the_file_is_refused(bundle: Path, tmp_path: Path) -> None:
    launch = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
        "-m",
        "medcare_train",
    ]
    asked = [str(bundle), "--model", str(TINY), "--device", "cpu", "--out", str(tmp_path / "run.zip")]
    line = [*launch, *asked, "--processes", "2"]
    done = subprocess.run(line, env=environment(), capture_output=True, text=True, timeout=600)
    assert done.returncode != 0
    assert "(too-few-processes)" in done.stderr
    assert "--nproc_per_node 2" in done.stderr


@pytest.mark.long
def test_two_processes_by_the_file_train_the_same_run(bundle: Path, tmp_path: Path) -> None:
    asked = [str(bundle), "--model", str(TINY), "--device", "cpu"]
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(ROOT / "handoff/fsdp2.yaml")]
    train = ["-m", "medcare_train", *asked, "--out", str(tmp_path / "two.zip"), "--shard", "--processes", "2"]
    line = [*launch, "--num_processes", "2", *train]
    done = subprocess.run(line, env=environment(), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert main([*asked, "--out", str(tmp_path / "one.zip")]) == 0
    one, two = (read_archive(tmp_path / name) for name in ("one.zip", "two.zip"))
    assert [step["rows"] for step in two.steps] == [step["rows"] for step in one.steps]
    losses = [[step["metrics"]["nll"] for step in archive.steps] for archive in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    assert two.run["adapter"].startswith("2 × CPU")
