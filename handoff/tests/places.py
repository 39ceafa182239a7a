"""Where the project's fixtures are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/fixtures/golden"
EXAMPLE = ROOT / "public/example/medcare-nano.run.zip"
NANO = ROOT / "public/models/medcare-nano"
CASES = (
    *("qwen2-gqa", "qwen2-mha-tied", "qwen3-qknorm", "llama3-gqa"),
    *("odd-sizes", "paper-scaling", "gemma3-windows", "phi3-fused"),
)


def command(arguments: list[str], processes: int = 1) -> list[str]:
    """A command line that runs a module of the package on this many processes."""
    if processes == 1:
        return [sys.executable, "-m", *arguments]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*launcher, "--nproc_per_node", str(processes), "-m", *arguments]


def environment() -> dict[str, str]:
    """One thread for each process: two of them share the machine with everything else."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "handoff")}


def launch(arguments: list[str], processes: int = 1) -> subprocess.CompletedProcess[str]:
    """Runs a module of the package to its end."""
    return subprocess.run(command(arguments, processes), env=environment(), capture_output=True, text=True, timeout=600)


def events(output: str) -> list[dict[str, object]]:
    """The JSON lines of a run."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def node(script: str, *more: str) -> dict[str, Any]:
    """What a TypeScript program of the project prints as its last line of JSON; nothing where it prints none."""
    line = ["node", "scripts/run-ts.mjs", script, *more]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(next((line for line in reversed(done.stdout.splitlines()) if line.startswith("{")), "{}"))
