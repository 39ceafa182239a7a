"""Where a run is written to: seen before it trains, whole on a full disk, and never over something else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from bundles import TINY, set_run
from places import environment, events

from medcare_train.cli import STOPPED, main
from medcare_train.compute.stage_trainer import counts_of, stored_counts
from medcare_train.faults import BranchesDiffer
from medcare_train.files.archive import read_archive
from medcare_train.files.safetensors import Tensor, TensorFile, safetensors_bytes
from medcare_train.merge import main as merge


def line(bundle: Path, out: Path, *more: str) -> list[str]:
    return [str(bundle), "--model", str(TINY), "--out", str(out), "--device", "cpu", "--json", *more]


def fault_in(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return events(capsys.readouterr().out)[-1]


def test_the_folder_of_the_archive_is_made(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "not/there/run.zip"
    assert main(line(bundle, out, "--stop-at", "1:1")) == STOPPED
    assert [path.name for path in out.parent.iterdir()] == ["run.zip"]


def test_a_place_that_cannot_be_written_is_refused_before_the_first_step(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(line(bundle, tmp_path / "file/run.zip")) == 9
    (fault,) = events(capsys.readouterr().out)
    assert fault["code"] == "file-failed"
    (tmp_path / "folder.zip").mkdir()
    assert main(line(bundle, tmp_path / "folder.zip")) == 6
    assert fault_in(capsys)["code"] == "archive-invalid"


LIMITED = """
import resource, sys
from medcare_train.cli import main
# As on a disk that is full: no file may grow beyond this.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""


def test_a_full_disk_leaves_the_archive_of_the_last_checkpoint(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.zip"
    assert main(line(bundle, out, "--stop-at", "1:1")) == STOPPED
    before = out.read_bytes()
    limit = str(len(before) // 2)
    asked = [sys.executable, "-c", LIMITED, limit, *line(bundle, out)]
    done = subprocess.run(asked, env=environment(), capture_output=True, text=True, timeout=600)
    assert done.returncode == 9, done.stdout + done.stderr
    fault = events(done.stdout)[-1]
    assert (fault["event"], fault["code"]) == ("fault", "file-failed")
    assert "Traceback" not in done.stderr
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.zip"]
    assert main(line(bundle, out)) == 0


@pytest.mark.parametrize("more", [["--stop-at", "9:1"], ["--stop-at", "1:99"]], ids=" ".join)
def test_a_step_that_the_run_does_not_have_is_wrong_use(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main(line(bundle, tmp_path / "run.zip", *more)) == 2
    assert fault_in(capsys)["code"] == "stop-outside"


def test_a_device_that_is_not_there_is_wrong_use(bundle: Path, tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "medcare_train", *line(bundle, tmp_path / "run.zip")]
    asked[asked.index("cpu")] = "cuda"
    env = {**environment(), "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(asked, env=env, capture_output=True, text=True, timeout=600)
    assert (done.returncode, events(done.stdout)[-1]["code"]) == (2, "device-missing")


@pytest.mark.parametrize("more", [["--stop-at", "x"], ["--stop-at", "1:0"], ["--verify", "0"], ["--processes", "-1"]])
def test_numbers_that_are_none_are_wrong_use(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line(bundle, tmp_path / "run.zip", *more))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "_point" not in said and "_count" not in said


CHECKPOINTS: dict[str, Callable[[dict[str, Tensor], dict[str, str]], object]] = {
    "moments of another length": lambda tensors, about: tensors.update(first_moment=tensors["routing.0.weights"]),
    "one moment": lambda tensors, about: tensors.pop("second_moment"),
    "no step": lambda tensors, about: about.pop("step"),
    "a step that is none": lambda tensors, about: about.update(step="-1"),
    "counts of another shape": lambda tensors, about: tensors.update({"routing.0.pairs": tensors["parameters"]}),
    "counts of other routers": lambda tensors, about: about.update(routing="1000000000"),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_that_does_not_fit_is_refused(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(line(bundle, tmp_path / "run.zip", "--stop-at", "1:1")) == STOPPED
    archive = read_archive(tmp_path / "run.zip")
    assert archive.checkpoint
    file = TensorFile(archive.checkpoint.data)
    tensors = {key: Tensor(entry.dtype, entry.shape, file.bytes(key)) for key, entry in file.tensors.items()}
    about = dict(file.metadata)
    CHECKPOINTS[name](tensors, about)
    archive.checkpoint.data = safetensors_bytes(tensors, about)
    own = Path(shutil.copytree(bundle, tmp_path / "own"))
    set_run(own, archive)
    assert main(line(own, tmp_path / "other.zip")) in (3, 6)
    assert fault_in(capsys)["code"] in ("branches-differ", "tensor-file-invalid")


def test_choices_beyond_32_bits_are_counted_on_from_a_checkpoint() -> None:
    pairs = torch.tensor([[0, 1, 2**31 - 1], [2**31, 2**32 - 1, 2**32], [2**32 + 5, 7 * 10**10, 12]])
    weights = torch.tensor([0.5, 1e9, 3.0], dtype=torch.float64)
    for counted in (pairs, pairs.clamp(max=2**32 - 1)):
        stored = stored_counts(counted, weights)
        assert (stored.beyond is None) == (int(counted.max()) < 2**32)
        again = counts_of(stored, counted.shape, weights.shape)
        assert torch.equal(again[0], counted)
        assert torch.equal(again[1], weights)
    with pytest.raises(BranchesDiffer):
        counts_of(stored, torch.Size([4, 3]), weights.shape)


def test_a_merged_model_is_written_whole_or_not_at_all(bundle: Path, tmp_path: Path) -> None:
    out, merged = tmp_path / "run.zip", tmp_path / "merged"
    asked = ["--model", str(TINY), "--out"]
    assert merge([str(tmp_path / "none.zip"), *asked, str(merged)]) == 6
    assert merge([str(tmp_path), *asked, str(merged)]) == 6
    assert main(line(bundle, out)) == 0
    assert merge([str(out), *asked, str(out)]) == 9
    assert merge([str(out), *asked, str(bundle)]) == 9
    limited = LIMITED.replace("medcare_train.cli", "medcare_train.merge")
    full = [sys.executable, "-c", limited, "2000", str(out), *asked, str(merged)]
    done = subprocess.run(full, env=environment(), capture_output=True, text=True, timeout=600)
    assert (done.returncode, "Traceback" in done.stderr) == (9, False)
    assert list(merged.iterdir()) == []
    assert merge([str(out), *asked, str(merged)]) == 0
