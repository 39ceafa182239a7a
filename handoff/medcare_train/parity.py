"""`python -m medcare_train.parity CASE…`: errors of golden cases against their bounds.

    python -m medcare_train.parity ../test/fixtures/golden/odd-sizes
    torchrun --nproc_per_node 2 -m medcare_train.parity --shard CASE…

Exit code 1 where a bound does not hold. A case is a folder as test/fixtures/golden/README.md describes it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from medcare_train.compute.findings import Findings
from medcare_train.compute.golden import GoldenCase
from medcare_train.compute.model_state import Computing
from medcare_train.compute.processes import close_processes, open_processes


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cases; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m medcare_train.parity", description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--shard", action="store_true", help="spread the frozen base over the processes (FSDP2)")
    parser.add_argument("--recompute", choices=("none", "feed-forward", "block"), default="none")
    parser.add_argument("--device", choices=("cpu", "cuda"))
    options = parser.parse_args(arguments)
    processes = open_processes(options.device)
    computing = Computing(processes, sharded=options.shard, recomputing=options.recompute)
    exceeded = 0
    try:
        for folder in options.cases:
            started = time.perf_counter()
            findings = GoldenCase(folder, computing, Findings()).run()
            exceeded += sum(not finding.holds for finding in findings.all())
            if processes.first:
                _print(folder, findings, time.perf_counter() - started)
    finally:
        close_processes()
    if processes.first:
        print("every bound holds" if exceeded == 0 else f"{exceeded} bounds exceeded")
    return 0 if exceeded == 0 else 1


def _print(folder: Path, findings: Findings, seconds: float) -> None:
    print(folder.name)
    for finding in findings.all():
        holds = "ok  " if finding.holds else "OVER"
        figures = f"{finding.error:9.2e} of {finding.bound:.0e}"
        print(f"  {holds} {finding.quantity:28} {figures}  {finding.detail}")
    print(f"  {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
