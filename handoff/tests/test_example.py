"""The worked example, trained again from what the studio hands off: the run that the studio itself trained.

Its curves were computed by the studio's engine on a software GPU (the archive names it); here PyTorch computes them.
A few steps of each stage, the second taken over from the studio's own first; with `--full` all of them, and back.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from bundles import set_run
from places import EXAMPLE, NANO, node

from medcare_train.cli import STOPPED, main
from medcare_train.files.archive import RunArchive, read_archive

STUDIO = read_archive(EXAMPLE)


def arguments(bundle: Path, out: Path, *more: str) -> list[str]:
    return [str(bundle), "--model", str(NANO), "--out", str(out), "--device", "cpu", *more]


def of_stage(archive: RunArchive, stage: int) -> list[dict[str, Any]]:
    return [step for step in archive.steps if step["metrics"]["stage"] == stage]


def assert_steps(found: list[dict[str, Any]], due: list[dict[str, Any]], share: float = 1e-6) -> None:
    """The same records, and figures that differ by rounding.

    The gradient of the orthogonal loss is made of signs: once the overlap is small, rounding turns some of them.
    """
    assert len(found) == len(due) > 0
    for one, other in zip(found, due):
        assert one["rows"] == other["rows"]
        metrics, wanted = one["metrics"], other["metrics"]
        assert (metrics["targetTokens"], metrics["tokens"]) == (wanted["targetTokens"], wanted["tokens"])
        assert metrics["learningRate"] == pytest.approx(wanted["learningRate"], rel=1e-14)
        assert metrics["nll"] == pytest.approx(wanted["nll"], rel=share)
        for name in ("gradientNorm", "orthogonal"):
            if wanted[name]:
                assert metrics[name] == pytest.approx(wanted[name], rel=100 * share)


def assert_losses(found: list[dict[str, Any]], due: list[dict[str, Any]]) -> None:
    """The same states, measured on the same records."""
    assert len(found) == len(due) > 0
    for one, other in zip(found, due):
        assert [one[key] for key in ("stage", "step", "snapshot")] == [
            other[key] for key in ("stage", "step", "snapshot")
        ]
        assert len(one.get("records", [])) == len(other.get("records", []))
        for kind in ("knowledge", "alignment"):
            assert one[kind] == pytest.approx(other[kind], rel=1e-4)


def test_the_first_steps_are_the_studios(example_bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.zip"
    assert main(arguments(example_bundle, out, "--stop-at", "1:5")) == STOPPED
    archive = read_archive(out)
    assert_steps(archive.steps, STUDIO.steps[:5])
    assert_losses(archive.validation, STUDIO.validation[:1])


@pytest.mark.long
def test_a_stage_taken_over_from_the_studio_goes_on_as_there(example_bundle: Path, tmp_path: Path) -> None:
    """The studio trained the first stage; its branches, curves and best step are in the bundle."""
    bundle = Path(shutil.copytree(example_bundle, tmp_path / "bundle"))
    set_run(bundle, half(read_archive(EXAMPLE)))
    out = tmp_path / "run.zip"
    assert main(arguments(bundle, out, "--stop-at", "2:5")) == STOPPED
    archive = read_archive(out)
    assert_steps(of_stage(archive, 1), of_stage(STUDIO, 1)[:5], 1e-5)
    assert of_stage(archive, 0) == of_stage(STUDIO, 0)
    assert archive.stages == STUDIO.stages[:1]
    assert archive.routing == STUDIO.routing
    found = node("test/handoff/open-archive.ts", str(out))
    assert (found["opened"], found["baseHere"], found["dataHere"]) == ("interrupted", True, 5)
    assert found["steps"] == 50
    assert found["checkpoint"] == {"stage": 1, "step": 5}
    assert [state["id"] for state in found["states"]] == ["base", "stage1.best", "stage1.end", "stage1.after"]


def half(archive: RunArchive) -> RunArchive:
    """A run after its first stage."""
    archive.run = {**archive.run, "state": "interrupted", "checkpoint": {"stage": 1, "step": 0}}
    archive.stages, archive.best = archive.stages[:1], archive.best[:1]
    archive.steps = of_stage(archive, 0)
    archive.validation = [point for point in archive.validation if point["stage"] == 0]
    archive.growth = [growth for growth in archive.growth if growth["point"]["stage"] == 0]
    return archive


@pytest.mark.full
def test_the_whole_run_is_the_studios_and_opens_there(example_bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.zip"
    assert main(arguments(example_bundle, out)) == 0
    archive = read_archive(out)
    assert_steps(of_stage(archive, 0), of_stage(STUDIO, 0))
    assert_steps(of_stage(archive, 1), of_stage(STUDIO, 1), 1e-4)
    assert_losses(archive.validation, STUDIO.validation)
    assert [(best.stage, best.step) for best in archive.best] == [(best.stage, best.step) for best in STUDIO.best]
    assert archive.routing and STUDIO.routing
    tokens = moved = 0
    for one, other in zip(archive.routing["counts"], STUDIO.routing["counts"]):
        assert [one[key] for key in ("layer", "projection", "task", "tokens")] == [
            other[key] for key in ("layer", "projection", "task", "tokens")
        ]
        tokens += other["tokens"]
        moved += sum(abs(a - b) for a, b in zip(one["pairs"], other["pairs"]))
    # A near-tie of two experts may fall the other way in another order of sums.
    assert moved <= 1e-4 * tokens
    found = node("test/handoff/open-archive.ts", str(out))
    print(json.dumps(found))
    assert (found["ended"], found["steps"], found["validation"]) == ("done", 81, len(STUDIO.validation))
    assert len(found["states"]) == 7
    for state in found["states"]:
        assert state["difference"] <= 1e-4, state


@pytest.mark.full
def test_python_goes_on_where_the_studio_paused(tmp_path: Path) -> None:
    """In the middle of a stage, from the studio's own checkpoint."""
    bundle, out = tmp_path / "bundle", tmp_path / "run.zip"
    node("test/handoff/example-bundle.ts", str(bundle), "3")
    assert main(arguments(bundle, out, "--stop-at", "1:8")) == STOPPED
    archive = read_archive(out)
    assert_steps(archive.steps, STUDIO.steps[:8])


@pytest.mark.full
def test_the_studio_goes_on_where_python_stopped(example_bundle: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(example_bundle, tmp_path / "bundle"))
    set_run(bundle, half(read_archive(EXAMPLE)))
    out = tmp_path / "run.zip"
    assert main(arguments(bundle, out, "--stop-at", "2:33")) == STOPPED
    found = node("test/handoff/open-archive.ts", str(out), "--go-on")
    print(json.dumps(found))
    assert (found["opened"], found["ended"], found["steps"]) == ("interrupted", "done", 81)
    assert found["loss"] <= 1e-4
    for state in found["states"]:
        assert state["difference"] <= 1e-4, state
