"""The merged model of a run as a folder: its logits are those of the run's merged state."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from bundles import make_bundle
from places import GOLDEN

from medcare_train.cli import STOPPED, main
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.decoder import Decoder, Inputs
from medcare_train.compute.export import export_merged
from medcare_train.compute.model_state import Computing, open_decoder
from medcare_train.compute.processes import Processes
from medcare_train.files.archive import read_archive
from medcare_train.merge import main as merge
from medcare_train.merge import merges_of
from medcare_train.plan.recipe import parse_recipe

ALONE = Computing(Processes(0, 1, 0, torch.device("cpu")))


@torch.no_grad()
def logits(decoder: Decoder) -> torch.Tensor:
    ids = torch.arange(7)
    return decoder(Inputs(ids, ids, [7]), ids)


@pytest.mark.parametrize("name", ["odd-sizes", "phi3-fused"])
def test_a_merged_folder_says_what_the_run_says(name: str, tmp_path: Path) -> None:
    model, out = GOLDEN / name / "model", tmp_path / "run.zip"
    bundle = make_bundle(tmp_path / "bundle", model=model)
    line = [str(bundle), "--model", str(model), "--out", str(out), "--device", "cpu"]
    assert main([*line, "--stop-at", "1:1"]) == STOPPED
    asked = [str(out), "--model", str(model), "--out", str(tmp_path / "merged"), "--dtype", "float32"]
    assert merge(asked) == 6  # not finished
    assert main(line) == 0
    assert merge(asked) == 0
    archive, base = read_archive(out), BaseFolder(model)
    due = logits(open_decoder(base, merges_of(archive, parse_recipe(archive.run["recipe"]), base), ALONE))
    found = logits(open_decoder(BaseFolder(tmp_path / "merged"), [], ALONE))
    assert torch.allclose(found, due, rtol=0, atol=1e-6)
    assert not torch.allclose(found, logits(open_decoder(base, [], ALONE)), rtol=0, atol=1e-3)
    in_float32: list[str] = []
    tensor = base.tensor
    base.tensor = lambda name: in_float32.append(name) or tensor(name)  # type: ignore[method-assign, func-returns-value]
    export_merged(
        base, merges_of(archive, parse_recipe(archive.run["recipe"]), base), tmp_path / "again", torch.float32
    )
    assert (tmp_path / "again/model.safetensors").read_bytes() == (tmp_path / "merged/model.safetensors").read_bytes()
    # Nothing is added to embedding and norms, and so they are never opened in float32.
    assert in_float32 and all("_proj" in name for name in in_float32)
