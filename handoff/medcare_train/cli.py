"""The command `medcare-train`: trains a bundle on as many processes as the launcher started."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from medcare_train.compute.base_folder import BaseFolder, check_base
from medcare_train.compute.model_state import Computing
from medcare_train.compute.processes import Processes, check_count, close_processes, open_processes
from medcare_train.compute.rounding import PRECISIONS
from medcare_train.faults import BundleInvalid, DeviceFull, HandOffFault, PackedSharded, StopOutside, file_failed
from medcare_train.files.archive import RunArchive, check_place, write_archive
from medcare_train.files.bundle import Bundle, open_bundle
from medcare_train.files.records import Records
from medcare_train.run import Hooks, Run
from medcare_train.run_records import RunRecords
from medcare_train.run_state import Point, begin, point_of
from medcare_train.tensorboard import TensorBoard
from medcare_train.verify import said, verify

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
STOPPED = 130
"""Exit code of a run that was stopped and can go on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; gives its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.out and not options.verify:
        parser.error("the following arguments are required: --out")
    try:
        return _train(options, open_processes(options.device))
    except HandOffFault as fault:
        return _say_fault(fault, options.json)
    except OSError as error:
        return _say_fault(file_failed(error), options.json)
    except torch.OutOfMemoryError as error:
        return _say_fault(_device_full(error), options.json)
    except KeyboardInterrupt:
        return STOPPED  # before the first step, or a signal would be heard
    finally:
        close_processes()


def _train(options: argparse.Namespace, processes: Processes) -> int:
    bundle = open_bundle(options.bundle)
    check_count(processes.count, options.processes, bundle.recipe.batch.records)
    precision = bundle.archive.run.get("precision") or "float32"
    if precision not in PRECISIONS:
        raise BundleInvalid(
            f"No precision is called {precision}.", "Install the medcare-train of the studio's version."
        )
    base = BaseFolder(options.model, precision)
    computing = _computing(options, processes, bundle)
    records = RunRecords(bundle, _checked(options, processes, bundle, base), base.config)
    if options.verify:
        found = verify(bundle, base, records, computing, options.verify)
        Reporter(options.json, processes).say({"event": "verified", **found}, said(found))
        return 0
    archive = begin(bundle, options.out)
    if not processes.first:
        archive.steps = []  # only who writes needs them
    first = point_of(archive)
    reporter = Reporter(options.json, processes)
    if first.stage == len(bundle.recipe.stages):
        reporter.say({"event": "already-done", "archive": str(options.out)}, f"{options.out} is done already.")
        return 0

    def save(written: RunArchive) -> None:
        if processes.first:
            write_archive(options.out, written)
            reporter.say({"event": "saved", "archive": str(options.out)})
        processes.wait()

    log = TensorBoard(options.tensorboard, archive.validation) if options.tensorboard and processes.first else None

    def tell(metrics: dict[str, Any], left: Point) -> None:
        reporter.step(metrics, left)
        if log:
            earlier = sum(steps.order.steps for steps in run.stages[: metrics["stage"]])
            log.step(metrics, archive.validation, earlier)

    with Stopping(options.stop_at, processes) as stopping, contextlib.closing(log) if log else contextlib.nullcontext():
        hooks = Hooks(save, tell, stopping.stops)
        run = Run(bundle, base, records, archive, computing, hooks, notes_steps=processes.first)
        _check_stop(options.stop_at, run)
        reporter.begin(run, first)
        done = run.go()
    event = "done" if done else "stopped"
    words = "It is whole" if done else "It holds the run up to here; the same command goes on"
    reporter.say({"event": event, "archive": str(options.out)}, f"Wrote {options.out}. {words}.")
    return 0 if done else STOPPED


def _check_stop(at: Point | None, run: Run) -> None:
    steps = [stage.order.steps for stage in run.stages]
    if at and not (at.stage < len(steps) and at.step <= steps[at.stage]):
        counts = ", ".join(map(str, steps))
        raise StopOutside(
            f"The run has no step {at.stage + 1}:{at.step} to stop at; its stages have {counts} steps.",
            "Name a stage and a step of it, both counted from 1.",
        )


def _computing(options: argparse.Namespace, processes: Processes, bundle: Bundle) -> Computing:
    if options.packed and options.shard:
        raise PackedSharded(
            "A packed base is whole on every process: it cannot be spread over them as well.",
            "Choose one: --packed where a process's device holds the base in its few bits, --shard where it does not.",
        )
    recomputing = options.recompute or bundle.recipe.checkpointing
    return Computing(processes, DTYPES[options.compute], options.shard, recomputing, options.packed)


def _checked(options: argparse.Namespace, processes: Processes, bundle: Bundle, base: BaseFolder) -> list[Records]:
    """Compares every file with its hash, once on each machine; opens the records."""

    def check() -> None:
        if options.out and processes.first:
            check_place(options.out)
        bundle.check_files()
        check_base(options.model, bundle.base, base.config)
        bundle.open_records(options.records)

    once_per_machine(processes, check)
    return bundle.open_records(options.records, check=False)


def once_per_machine(processes: Processes, check: Callable[[], None]) -> None:
    """Runs a check on the first process of each machine; where it fails, all processes end."""
    fault: HandOffFault | None = None
    if processes.local_rank == 0:
        try:
            check()
        except HandOffFault as found:
            fault = found
        except OSError as error:
            fault = file_failed(error)
    failed = torch.tensor([fault.status if fault else 0], device=processes.device)
    status = int(processes.sum(failed))
    if fault:
        raise fault
    if status:
        raise SystemExit(status)  # the process that found the fault says what it is


class Stopping:
    """Whether to stop: asked for by a signal to any process, or at a step named beforehand."""

    def __init__(self, at: Point | None, processes: Processes) -> None:
        self._at, self._processes, self._asked = at, processes, False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        # Under Ray a worker's code runs beside the main thread, which alone hears signals.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *ended: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def stops(self, point: Point) -> bool:
        """The same on every process."""
        asked = torch.tensor([int(self._asked)], device=self._processes.device)
        return bool(int(self._processes.sum(asked))) or point == self._at

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True


class Reporter:
    """Says how far a run is: lines for people, or one JSON object a line."""

    def __init__(self, as_json: bool, processes: Processes) -> None:
        self._json, self._first = as_json, processes.first
        self._times: list[float] = []
        self._total: list[int] = []

    def begin(self, run: Run, point: Point) -> None:
        """Says what will be trained."""
        self._total = [steps.order.steps for steps in run.stages]
        shape = {"stages": self._total, "stage": point.stage, "step": point.step}
        processes = run.computing.processes
        words = f"{run.archive.run['name']}: {' + '.join(map(str, self._total))} steps on {processes.count} process(es)"
        self.say({"event": "begin", **shape, "processes": processes.count}, words)
        self._times.append(time.monotonic())

    def step(self, metrics: dict[str, Any], left: Point) -> None:
        """Says the figures of a step, the rate, and the time left."""
        self._times = [*self._times[-20:], time.monotonic()]
        seconds = (self._times[-1] - self._times[0]) / max(1, len(self._times) - 1)
        rest = seconds * left.step
        stage, step = metrics["stage"], metrics["step"]
        orthogonal = metrics["orthogonal"]
        words = (
            f"stage {stage + 1}, step {step + 1} of {self._total[stage]}: loss {metrics['nll']:.4f}"
            + ("" if orthogonal is None else f", orthogonal {orthogonal:.3f}")
            + f", {metrics['tokens'] / max(seconds, 1e-9):.0f} tokens/s, {_duration(rest)} left"
        )
        self.say({"event": "step", **metrics, "secondsLeft": round(rest, 1)}, words)

    def say(self, event: dict[str, Any], words: str | None = None) -> None:
        """Writes one line, on the first process."""
        if not self._first:
            return
        if self._json:
            print(json.dumps(event), flush=True)
        elif words:
            print(words, flush=True)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 120 else f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _device_full(error: torch.OutOfMemoryError) -> DeviceFull:
    return DeviceFull(
        f"The memory of the device is not enough: {str(error).splitlines()[0]}",
        "Try --recompute block; --packed where the run keeps its base in few bits; --shard with more processes; or a "
        "smaller micro-batch in another bundle.",
    )


def _say_fault(fault: HandOffFault, as_json: bool) -> int:
    """Says it once on each machine, unless a process has met it alone; gives the exit code."""
    if os.environ.get("LOCAL_RANK", "0") != "0" and not fault.alone:
        return fault.status
    if as_json:
        print(
            json.dumps({"event": "fault", "code": fault.code, "said": fault.said, "remedy": fault.remedy}),
            flush=True,
        )
    else:
        print(f"{fault.said}\n{fault.remedy} ({fault.code})", file=sys.stderr, flush=True)
    return fault.status


def _point(said: str) -> Point:
    stage, colon, step = said.partition(":")
    if not colon:
        raise argparse.ArgumentTypeError(f"{said} is no STAGE:STEP, such as 1:20")
    return Point(_count(stage) - 1, _count(step))


def _count(said: str) -> int:
    if not (said.isascii() and said.isdigit() and int(said) > 0):
        raise argparse.ArgumentTypeError(f"{said or 'nothing'} is no whole number from 1")
    return int(said)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medcare-train", description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder that the bundle was unpacked into")
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder of the run's base")
    parser.add_argument("--out", type=Path, help="archive to write; an unfinished one is gone on with")
    parser.add_argument(
        "--records", type=Path, help="folder of the records (files or prepared), where the bundle does not hold them"
    )
    parser.add_argument("--processes", type=_count, help="refuse to run with another number of processes")
    parser.add_argument("--shard", action="store_true", help="spread the frozen base over the processes (FSDP2)")
    parser.add_argument("--packed", action="store_true", help="keep frozen matrices in the bits of the run's precision")
    parser.add_argument("--compute", choices=DTYPES, default="float32", help="what the base computes in")
    recomputing = ("none", "feed-forward", "block")
    parser.add_argument("--recompute", choices=recomputing, help="what is computed again instead of kept")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="CUDA where there is one, unless said otherwise")
    parser.add_argument("--stop-at", type=_point, metavar="STAGE:STEP", help="stop after this step of this stage")
    parser.add_argument("--tensorboard", type=Path, metavar="FOLDER", help="also write a log for TensorBoard")
    parser.add_argument(
        "--verify",
        type=_count,
        nargs="?",
        const=5,
        metavar="STEPS",
        help="only compare the first steps with the bundle's",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
