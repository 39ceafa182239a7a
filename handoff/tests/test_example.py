"""The worked example, trained again from what the studio hands off: the run that the studio itself trained.

Its curves were computed by the studio's engine on a software GPU (the archive names it); here PyTorch computes them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from places import EXAMPLE, NANO

from medcare_train.cli import main
from medcare_train.files.archive import RunArchive, read_archive

STUDIO = read_archive(EXAMPLE)


def arguments(bundle: Path, out: Path, *more: str) -> list[str]:
    return [str(bundle), "--model", str(NANO), "--out", str(out), "--device", "cpu", *more]


@pytest.fixture(scope="module")
def trained(example_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> RunArchive:
    """The whole run: 81 steps with dropout and packing."""
    out = tmp_path_factory.mktemp("example") / "run.zip"
    assert main(arguments(example_bundle, out)) == 0
    return read_archive(out)


def test_every_step_has_the_studios_records_and_figures(trained: RunArchive) -> None:
    assert len(trained.steps) == len(STUDIO.steps)
    for found, due in zip(trained.steps, STUDIO.steps):
        assert found["rows"] == due["rows"]
        for name in ("targetTokens", "tokens"):
            assert found["metrics"][name] == due["metrics"][name]
        assert found["metrics"]["learningRate"] == pytest.approx(due["metrics"]["learningRate"], rel=1e-14)
        assert found["metrics"]["nll"] == pytest.approx(due["metrics"]["nll"], rel=2e-5)
        if due["metrics"]["orthogonal"]:
            assert found["metrics"]["orthogonal"] == pytest.approx(due["metrics"]["orthogonal"], rel=1e-3)
        assert found["metrics"]["gradientNorm"] == pytest.approx(due["metrics"]["gradientNorm"], rel=2e-3)


def test_every_state_has_the_studios_losses(trained: RunArchive) -> None:
    assert len(trained.validation) == len(STUDIO.validation)
    for found, due in zip(trained.validation, STUDIO.validation):
        assert [found[key] for key in ("stage", "step", "snapshot")] == [
            due[key] for key in ("stage", "step", "snapshot")
        ]
        for kind in ("knowledge", "alignment"):
            assert found[kind] == pytest.approx(due[kind], rel=1e-4)
        assert len(found.get("records", [])) == len(due.get("records", []))
    assert [(best.stage, best.step) for best in trained.best] == [(best.stage, best.step) for best in STUDIO.best]


def test_routing_and_growth_are_the_studios(trained: RunArchive) -> None:
    assert trained.routing and STUDIO.routing
    tokens = moved = 0
    for found, due in zip(trained.routing["counts"], STUDIO.routing["counts"]):
        for key in ("layer", "projection", "task", "tokens"):
            assert found[key] == due[key]
        tokens += due["tokens"]
        moved += sum(abs(a - b) for a, b in zip(found["pairs"], due["pairs"]))
    # A near-tie of two experts may fall the other way in another order of sums.
    assert moved <= 1e-4 * tokens
    places = [(growth["point"]["stage"], growth["point"]["step"]) for growth in STUDIO.growth]
    assert [(growth["point"]["stage"], growth["point"]["step"]) for growth in trained.growth] == places
