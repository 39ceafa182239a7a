"""The command line and this trainer hand a run to each other in the middle of a stage: the merged models say the same.

Dropout, several records in a micro-batch, both stages: the run of test/fixtures/hand-off, with a longer second stage.
"""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from places import NANO, ROOT

from medcare_train.cli import STOPPED, main
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.decoder import Inputs
from medcare_train.compute.model_state import Computing, open_decoder
from medcare_train.compute.processes import Processes
from medcare_train.files.archive import read_archive
from medcare_train.files.records import RecordFile, Records
from medcare_train.merge import main as merge

pytestmark = pytest.mark.full
RUN = ROOT / "test/fixtures/hand-off"
MODEL = ["--model", str(NANO)]
INPUTS = [
    *MODEL,
    *("--knowledge", str(RUN / "illnesses.alpaca.jsonl")),
    *("--alignment", str(RUN / "sections.messages.jsonl")),
]
BOUND = 1e-4
"""Largest difference of a logit, absolute: logits of this model are around 10."""
POINTS = ("1:3", "2:1")
ALONE = Computing(Processes(0, 1, 0, torch.device("cpu")))


def medcare(*arguments: str | Path, interrupt: str | None = None) -> None:
    """Runs the command line; `interrupt` is the STAGE:STEP after which Ctrl+C is pressed."""
    line = ["node", "scripts/run-ts.mjs", "src/cli/medcare.ts", *map(str, arguments), "--json"]
    said = []
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout
        for text in child.stdout:
            said.append(text)
            value = json.loads(text)
            if value["type"] == "step" and f"{value['stage'] + 1}:{value['step'] + 1}" == interrupt:
                child.send_signal(signal.SIGINT)
    assert child.returncode == (130 if interrupt else 0), said


@dataclass
class Round:
    """Runs that several tests compare with, each made once."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def __call__(self, name: str) -> Path:
        if name not in self.made:
            self.made[name] = getattr(self, name)(self.folder / name)
        return self.made[name]

    def recipe(self, path: Path) -> Path:
        """Long enough in both stages that an interrupt comes before their ends."""
        recipe = json.loads((RUN / "recipe.json").read_text(encoding="utf-8"))
        recipe["stages"][1]["epochs"] = 3
        path.write_text(json.dumps(recipe), encoding="utf-8")
        return path

    def planned(self, bundle: Path) -> Path:
        """The bundle of the run before its first step."""
        medcare("hand-off", self("recipe"), *INPUTS, "--out", bundle)
        return bundle

    def by_studio(self, merged: Path) -> Path:
        """The merged model of the run that the command line trained from its first step to its last."""
        medcare("train", self("recipe"), *INPUTS, "--out", self.folder / "studio-run")
        medcare("export", self.folder / "studio-run", "--format", "F32", "--out", merged)
        return merged

    def by_python(self, merged: Path) -> Path:
        """The same by Python."""
        out = self.folder / "python.zip"
        assert train(self("planned"), out) == 0
        return merged_of(out, merged)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Round:
    return Round(tmp_path_factory.mktemp("round"))


def train(bundle: Path, out: Path, *more: str) -> int:
    return main([str(bundle), *MODEL, "--out", str(out), "--device", "cpu", *more])


def merged_of(archive: Path, folder: Path) -> Path:
    assert merge([str(archive), *MODEL, "--out", str(folder), "--dtype", "float32"]) == 0
    return folder


@torch.no_grad()
def logits(model: Path, records: Path) -> torch.Tensor:
    """Of every token of the first records of both sets."""
    decoder = open_decoder(BaseFolder(model), [], ALONE)
    found = []
    for path in sorted(records.glob("*.safetensors")):
        file = Records([RecordFile(path)])
        for row in range(6):
            record = file.read(row)
            assert record
            ids = torch.tensor(record.ids)
            found.append(decoder(Inputs(ids, torch.arange(len(ids)), [len(ids)]), torch.arange(len(ids))))
    return torch.cat(found)


def assert_the_same_model(found: Path, due: Path, records: Path) -> None:
    one, other, base = (logits(model, records) for model in (found, due, NANO))
    difference = float((one - other).abs().max())
    print(f"largest logit {float(other.abs().max()):.1f}, largest difference {difference:.1e}")
    assert difference <= BOUND
    assert float((one - base).abs().max()) > 1000 * BOUND


@pytest.mark.parametrize("at", POINTS)
def test_python_ends_what_the_command_line_began(rounds: Round, tmp_path: Path, at: str) -> None:
    run, bundle, out = tmp_path / "run", tmp_path / "bundle", tmp_path / "run.zip"
    medcare("train", rounds("recipe"), *INPUTS, "--out", run, interrupt=at)
    medcare("hand-off", run, "--out", bundle)
    handed = json.loads((bundle / "run/manifest.json").read_text(encoding="utf-8"))["checkpoint"]
    stage, step = map(int, at.split(":"))
    # The command line may have begun another step before it heard of the interrupt.
    assert handed["stage"] == stage - 1
    assert handed["step"] >= step
    assert train(bundle, out) == 0
    assert [one["metrics"]["stage"] for one in read_archive(out).steps].count(stage - 1) > handed["step"]
    assert_the_same_model(merged_of(out, tmp_path / "merged"), rounds("by_studio"), bundle / "records")


@pytest.mark.parametrize("at", POINTS)
def test_the_command_line_ends_what_python_began(rounds: Round, tmp_path: Path, at: str) -> None:
    run, out = tmp_path / "run", tmp_path / "run.zip"
    assert train(rounds("planned"), out, "--stop-at", at) == STOPPED
    medcare("resume", out, *INPUTS, "--out", run)
    medcare("export", run, "--format", "F32", "--out", tmp_path / "merged")
    assert_the_same_model(tmp_path / "merged", rounds("by_python"), rounds("planned") / "records")
