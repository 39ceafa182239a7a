"""What a cluster is asked before days are spent on it: are the first steps those that the studio computed?"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from bundles import TINY, make_bundle
from places import events

from medcare_train.cli import STOPPED, main
from medcare_train.files.archive import read_archive


def asked(bundle: Path, *more: str) -> list[str]:
    return [str(bundle), "--model", str(TINY), "--device", "cpu", "--json", *more]


@pytest.fixture
def under_way(bundle: Path, tmp_path: Path) -> Path:
    """A bundle of a run in its second stage."""
    assert main(asked(bundle, "--out", str(tmp_path / "first.zip"), "--stop-at", "2:1")) == STOPPED
    return make_bundle(tmp_path / "under-way", archive=read_archive(tmp_path / "first.zip"))


def test_the_first_steps_are_compared_with_the_curve(under_way: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(under_way.rglob("*"))
    capsys.readouterr()
    assert main(asked(under_way, "--verify", "3")) == 0
    (found,) = events(capsys.readouterr().out)
    assert (found["event"], found["steps"], found["otherRecords"]) == ("verified", 3, 0)
    assert found["nll"] == found["gradientNorm"] == 0
    assert sorted(under_way.rglob("*")) == before
    assert main([*asked(under_way, "--verify", "2"), "--compute", "bfloat16"]) == 0


def test_another_curve_and_other_records_are_told_apart(
    under_way: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, change in {"loss": _other_loss, "records": _other_records}.items():
        archive = read_archive(tmp_path / "first.zip")
        change(archive.steps[1])
        bundle = make_bundle(tmp_path / name, archive=archive)
        capsys.readouterr()
        assert main(asked(bundle, "--verify")) == 8
        (fault,) = events(capsys.readouterr().out)
        assert fault["code"] == "verify-differs"
        assert ("other records" in str(fault["said"])) == (name == "records")


def _other_loss(step: dict[str, Any]) -> None:
    step["metrics"]["nll"] *= 1.01


def _other_records(step: dict[str, Any]) -> None:
    step["rows"][1] += 1


def test_a_run_without_a_step_has_nothing_to_verify(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked(bundle, "--verify")) == 3
    (fault,) = events(capsys.readouterr().out)
    assert fault["code"] == "nothing-to-verify"
    with pytest.raises(SystemExit):
        main(asked(bundle))  # neither --out nor --verify


def test_tensorboard_gets_a_log_where_it_is_installed_and_a_fault_where_not(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = asked(bundle, "--out", str(tmp_path / "run.zip"), "--tensorboard", str(tmp_path / "log"))
    if importlib.util.find_spec("tensorboard"):
        assert main([*line, "--stop-at", "1:2"]) == STOPPED
        assert [path.stat().st_size > 100 for path in (tmp_path / "log").iterdir()] == [True]
        capsys.readouterr()
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert main(line) == 2
    fault = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert fault["code"] == "tensorboard-missing"
