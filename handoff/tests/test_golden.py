"""Golden cases in one process and in two, with the base whole and sharded, within the bounds of the fixtures."""

from __future__ import annotations

import pytest
import torch
from places import CASES, GOLDEN, launch

from medcare_train.compute.findings import Bounds, Finding, Findings
from medcare_train.compute.golden import GoldenCase
from medcare_train.compute.model_state import Computing
from medcare_train.compute.processes import Processes
from medcare_train.parity import main

LONG = pytest.mark.long
WAYS = ([], pytest.param(["--shard"], marks=LONG), pytest.param(["--shard", "--recompute", "block"], marks=LONG))
ALONE = Processes(0, 1, 0, torch.device("cpu"))


@pytest.mark.parametrize("name", CASES)
def test_every_quantity_is_within_its_bound(name: str) -> None:
    findings = GoldenCase(GOLDEN / name, Computing(ALONE), Findings()).run().all()
    assert len(findings) > 12
    assert [finding for finding in findings if not finding.holds] == []


@pytest.mark.parametrize("recomputing", ["feed-forward", "block"])
def test_recomputing_changes_nothing(recomputing: str) -> None:
    computing = Computing(ALONE, recomputing=recomputing)
    findings = GoldenCase(GOLDEN / "odd-sizes", computing, Findings()).run().all()
    assert [finding for finding in findings if not finding.holds] == []


@pytest.mark.parametrize("flags", WAYS, ids=" ".join)
def test_two_processes_hold_the_same_bounds(flags: list[str]) -> None:
    cases = [str(GOLDEN / name) for name in (["odd-sizes", "gemma3-windows"] if flags else CASES)]
    done = launch(["medcare_train.parity", "--device", "cpu", *flags, *cases], processes=2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every bound holds" in done.stdout


def test_a_bound_that_does_not_hold_gives_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Bounds, "of_case", lambda steps: Bounds(logits=0))
    assert main([str(GOLDEN / "odd-sizes"), "--device", "cpu"]) == 1
    assert "OVER base logits" in capsys.readouterr().out
    assert not Finding("a figure that is no number", float("nan"), 1, "").holds
