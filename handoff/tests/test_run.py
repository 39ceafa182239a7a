"""Whole runs of a small bundle: on two processes, stopped and killed and gone on with, the curves are the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from bundles import TINY, make_bundle
from places import command, environment, launch

from medcare_train.cli import STOPPED, main
from medcare_train.files.archive import RunArchive, read_archive

LONG = pytest.mark.long
WAYS = (pytest.param([], marks=LONG), ["--shard"], pytest.param(["--shard", "--recompute", "block"], marks=LONG))
FIGURES = ("nll", "orthogonal", "gradientNorm", "learningRate")


def arguments(bundle: Path, out: Path, *more: str) -> list[str]:
    return [str(bundle), "--model", str(TINY), "--out", str(out), "--device", "cpu", *more]


@pytest.fixture(scope="session")
def whole(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> RunArchive:
    """The run in one process, without a pause."""
    out = tmp_path_factory.mktemp("whole") / "run.zip"
    assert main(arguments(bundle, out)) == 0
    return read_archive(out)


def largest_difference(one: RunArchive, other: RunArchive) -> float:
    """Of any figure of any step, relative; the records of every step have to be the same."""
    assert [step["rows"] for step in one.steps] == [step["rows"] for step in other.steps]
    worst = 0.0
    for first, second in zip(one.steps, other.steps):
        for name in FIGURES:
            a, b = first["metrics"][name], second["metrics"][name]
            assert (a is None) == (b is None)
            if a:
                worst = max(worst, abs(a - b) / abs(a))
    return worst


def assert_the_same_run(one: RunArchive, other: RunArchive, bound: float) -> None:
    assert largest_difference(one, other) <= bound
    assert other.routing and one.routing
    for first, second in zip(one.routing["counts"], other.routing["counts"]):
        assert (first["pairs"], first["tokens"]) == (second["pairs"], second["tokens"])
    for first, second in zip(one.validation, other.validation):
        assert [first[key] for key in ("stage", "step", "snapshot")] == [
            second[key] for key in ("stage", "step", "snapshot")
        ]
        for kind in ("knowledge", "alignment"):
            assert first[kind] == pytest.approx(second[kind], rel=bound)
    assert [point["point"]["step"] for point in one.growth] == [point["point"]["step"] for point in other.growth]
    assert [(best.stage, best.step) for best in one.best] == [(best.stage, best.step) for best in other.best]


def test_a_run_has_everything_that_the_studio_shows(whole: RunArchive) -> None:
    assert whole.run["state"] == "done"
    assert [stage["stepsDone"] for stage in whole.run["stages"]] == [stage["steps"] for stage in whole.run["stages"]]
    measured = [point["snapshot"] for point in whole.validation if point["snapshot"] != "training"]
    assert measured == ["base", "stage1.end", "stage1.after", "stage2.end", "merged"]
    losses = {point["snapshot"]: point["alignment"] for point in whole.validation}
    # Merging changes nothing, dropping the mixture does, and so does training.
    assert losses["merged"] == pytest.approx(losses["stage2.end"], rel=1e-5)
    distinct = [losses[name] for name in ("base", "stage1.end", "stage1.after", "stage2.end")]
    assert len({round(loss, 6) for loss in distinct}) == 4
    assert whole.steps[-1]["metrics"]["nll"] < whole.steps[0]["metrics"]["nll"]
    ids = [snapshot["id"] for snapshot in whole.run["snapshots"]]
    assert ids == ["base", "stage1.best", "stage1.end", "stage1.after", "stage2.best", "stage2.end", "merged"]
    assert whole.run["name"].endswith("(handed off)")
    assert whole.run["id"] != "0e5a3b1e-0000-4000-8000-000000000001"


@pytest.mark.parametrize("flags", WAYS, ids=" ".join)
def test_two_processes_train_the_same_run(bundle: Path, whole: RunArchive, tmp_path: Path, flags: list[str]) -> None:
    out = tmp_path / "run.zip"
    done = launch(["medcare_train", *arguments(bundle, out, "--processes", "2", *flags)], processes=2)
    assert done.returncode == 0, done.stdout + done.stderr
    trained = read_archive(out)
    assert_the_same_run(whole, trained, 1e-6)
    assert trained.run["adapter"].startswith("2 × CPU (PyTorch ")
    assert ("FSDP2" in trained.run["adapter"]) == ("--shard" in flags)


@pytest.mark.parametrize("at", ["1:1", "1:3", "2:2"])
def test_a_stopped_run_goes_on_where_it_was(bundle: Path, whole: RunArchive, tmp_path: Path, at: str) -> None:
    out = tmp_path / "run.zip"
    assert main(arguments(bundle, out, "--stop-at", at)) == STOPPED
    stopped = read_archive(out)
    stage, step = map(int, at.split(":"))
    assert stopped.run["state"] == "interrupted"
    assert stopped.run["checkpoint"] == {"stage": stage - 1, "step": step}
    assert main(arguments(bundle, out)) == 0
    again = read_archive(out)
    assert again.run["id"] == stopped.run["id"]
    assert_the_same_run(whole, again, 0)
    assert again.stages == whole.stages
    assert main(arguments(bundle, out)) == 0  # done already: nothing is trained twice


def test_a_bundle_of_a_run_under_way_goes_on_too(bundle: Path, whole: RunArchive, tmp_path: Path) -> None:
    assert main(arguments(bundle, tmp_path / "first.zip", "--stop-at", "2:1")) == STOPPED
    under_way = make_bundle(tmp_path / "bundle", archive=read_archive(tmp_path / "first.zip"))
    assert main(arguments(under_way, tmp_path / "second.zip")) == 0
    assert_the_same_run(whole, read_archive(tmp_path / "second.zip"), 0)


@LONG
def test_a_killed_rank_costs_only_the_steps_since_the_checkpoint(
    bundle: Path, whole: RunArchive, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    wanted = random.Random(seed).randint(1, len(whole.steps) - 1)
    out = tmp_path / "run.zip"
    line = ["medcare_train", *arguments(bundle, out, "--json")]
    with subprocess.Popen(
        command(line, 2), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as launched:
        assert launched.stdout
        seen = 0
        for said in launched.stdout:
            seen += '"event": "step"' in said
            if seen == wanted:
                _kill_a_child(launched.pid, random.Random(seed))
                break
        launched.stdout.read()
    assert launched.returncode != 0
    done = launch(["medcare_train", *arguments(bundle, out)], processes=2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_the_same_run(whole, read_archive(out), 1e-6)


def _kill_a_child(launcher: int, draw: random.Random) -> None:
    children = subprocess.run(["pgrep", "-P", str(launcher)], capture_output=True, text=True, check=True)
    os.kill(int(draw.choice(children.stdout.split())), signal.SIGKILL)


@LONG
def test_a_signal_leaves_a_checkpoint(bundle: Path, whole: RunArchive, tmp_path: Path) -> None:
    out = tmp_path / "run.zip"
    line = ["medcare_train", *arguments(bundle, out, "--json")]
    with subprocess.Popen(command(line), env=environment(), stdout=subprocess.PIPE, text=True) as launched:
        assert launched.stdout
        for said in launched.stdout:
            if '"event": "step"' in said:
                launched.send_signal(signal.SIGINT)
                break
        launched.stdout.read()
        assert launched.wait() == STOPPED
    assert read_archive(out).checkpoint
    assert main(arguments(bundle, out)) == 0
    assert_the_same_run(whole, read_archive(out), 0)


def test_moments_in_8_bits_go_on_bit_for_bit(tmp_path: Path) -> None:
    def change(recipe: dict[str, Any]) -> None:
        recipe["optimizer"]["moments"] = "8-bit"
        recipe["initialisation"] = "gaussian"
        recipe["scaling"] = "alpha/rank"

    bundle = make_bundle(tmp_path / "bundle", change)
    outs = [tmp_path / name for name in ("whole.zip", "parts.zip")]
    assert main(arguments(bundle, outs[0])) == 0
    assert main(arguments(bundle, outs[1], "--stop-at", "2:1")) == STOPPED
    assert main(arguments(bundle, outs[1])) == 0
    one, other = map(read_archive, outs)
    assert_the_same_run(one, other, 0)
    assert one.stages == other.stages


def test_a_branch_merged_beside_the_weights_computes_what_one_merged_into_them_does(tmp_path: Path) -> None:
    def change(recipe: dict[str, Any]) -> None:
        recipe["optimizer"]["weightDecay"] = 0.01

    runs = []
    for merging in ("into-weights", "beside-weights"):
        bundle = make_bundle(tmp_path / merging, change, merging=merging)
        assert main(arguments(bundle, tmp_path / f"{merging}.zip")) == 0
        runs.append(read_archive(tmp_path / f"{merging}.zip"))
    assert largest_difference(*runs) < 1e-4
    assert len(runs[1].stages[1]) > len(runs[0].stages[1])
