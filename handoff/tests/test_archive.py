"""Archives, branches and layouts against the worked example, which the studio itself wrote."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import torch
from places import EXAMPLE, NANO

from medcare_train.compute.arena import load_branches, pack, unpack, write_branches
from medcare_train.compute.config import read_config
from medcare_train.compute.growth import growth_of
from medcare_train.faults import ArchiveInvalid, TensorFileInvalid
from medcare_train.files.archive import archived_files, read_archive, write_archive
from medcare_train.files.safetensors import TensorFile
from medcare_train.plan import layout as plain
from medcare_train.plan.layout import Layout, lay_out
from medcare_train.plan.recipe import BESIDE_WEIGHTS, parse_recipe, stage_branches
from medcare_train.plan.snapshots import snapshots_after

ARCHIVE = read_archive(EXAMPLE)
RECIPE = parse_recipe(ARCHIVE.run["recipe"])
CPU = torch.device("cpu")


def layout_of(stage: int) -> Layout:
    return lay_out(read_config(NANO).shape, stage_branches(RECIPE, stage))


def test_an_archive_is_written_as_it_was_read(tmp_path: Path) -> None:
    write_archive(tmp_path / "run.zip", ARCHIVE)
    again = read_archive(tmp_path / "run.zip")
    assert again == ARCHIVE
    with zipfile.ZipFile(EXAMPLE) as one, zipfile.ZipFile(tmp_path / "run.zip") as other:
        manifests = [
            json.loads(file.read(next(name for name in file.namelist() if name.endswith("manifest.json"))))
            for file in (one, other)
        ]
    # What only the studio measures is not taken along.
    left_out = {"scores", "shortcuts"}
    assert {k: v for k, v in manifests[1].items() if k not in left_out} == {
        k: v for k, v in manifests[0].items() if k not in left_out
    }
    assert not list(tmp_path.glob("*.part"))


def test_parts_of_the_curves_that_are_whole_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medcare_train.files.step_parts.PART_CHARACTERS", 3_000)
    whole = read_archive(EXAMPLE)
    steps = whole.steps
    due = archived_files(whole)
    run = read_archive(EXAMPLE)
    for count in (20, 50, 35, len(steps)):  # the third goes on from an earlier checkpoint
        run.steps = [*run.steps[: min(count, 20)], *({**step} for step in steps[min(count, 20) : count])]
        before = list(run.closed)
        write_archive(tmp_path / "run.zip", run)
        assert read_archive(tmp_path / "run.zip").steps == steps[:count]
        kept = [part for part in run.closed if any(part is one for one in before)]
        assert kept == run.closed[: len(kept)]
    assert len(run.closed) > 2 and kept
    assert archived_files(run) == due


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no archive")
    with pytest.raises(ArchiveInvalid, match="no whole zip file"):
        read_archive(tmp_path / "no.zip")
    with zipfile.ZipFile(EXAMPLE) as one, zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        for name in one.namelist():
            data = bytearray(one.read(name))
            if name.endswith("stage-2.safetensors"):
                data[-1] ^= 1
            other.writestr(name, bytes(data))
    with pytest.raises(ArchiveInvalid, match="another hash"):
        read_archive(tmp_path / "other.zip")


@pytest.mark.parametrize("stage", [0, 1])
def test_branches_of_the_studio_come_out_byte_for_byte(stage: int) -> None:
    layout, stored = layout_of(stage), ARCHIVE.stages[stage]
    named = load_branches(stored, layout)
    arena = pack(layout, named, CPU)
    assert write_branches(layout, unpack(layout, arena), stage, RECIPE) == stored
    # The same without torch.
    flat = plain.pack(layout, {name: value.flatten().tolist() for name, value in named.items()})
    assert flat.tolist() == arena.tolist()
    assert {name: value.tolist() for name, value in plain.unpack(layout, flat).items()} == {
        name: value.flatten().tolist() for name, value in named.items()
    }


@pytest.mark.parametrize("stage", [0, 1])
def test_growth_is_measured_as_the_studio_measures_it(stage: int) -> None:
    due = [growth["point"] for growth in ARCHIVE.growth if growth["point"]["stage"] == stage][-1]
    found = growth_of(load_branches(ARCHIVE.stages[stage], layout_of(stage)))
    assert len(found) == len(due["linears"])
    for one, other in zip(found, due["linears"]):
        assert (one["layer"], one["projection"]) == (other["layer"], other["projection"])
        assert [norm["branch"] for norm in one["norms"]] == [norm["branch"] for norm in other["norms"]]
        for norm, wanted in zip(one["norms"], other["norms"]):
            assert [norm["a"], norm["b"]] == pytest.approx([wanted["a"], wanted["b"]], rel=1e-6)
            assert len(norm["experts"]) == len(wanted["experts"])
        for overlap, wanted in zip(one["overlaps"], other["overlaps"]):
            assert overlap["between"] == wanted["between"]
            figures = [overlap["meanAbs"], overlap["cosine"]]
            assert figures == pytest.approx([wanted["meanAbs"], wanted["cosine"]], rel=1e-6)


def test_the_states_of_a_run_have_the_studios_names() -> None:
    due = [one for one in ARCHIVE.run["snapshots"] if not one["id"].endswith(".best")]
    assert [snapshot.json() for snapshot in snapshots_after(RECIPE, 2)] == due


def test_merged_branches_stay_beside_weights_in_few_bits() -> None:
    names = [branch.name for branch in stage_branches(RECIPE, 1, BESIDE_WEIGHTS)]
    assert names == ["ka", "align", "lora"]
    assert [branch.trains for branch in stage_branches(RECIPE, 1, BESIDE_WEIGHTS)] == [True, True, False]


@pytest.mark.parametrize("data", [b"", b"\x08\0\0\0\0\0\0\0[]", b"\xff" * 16, b"\x02\0\0\0\0\0\0\0{}x"])
def test_a_file_that_is_no_safetensors_is_refused_or_empty(data: bytes) -> None:
    if data.endswith(b"{}x"):
        assert TensorFile(data).tensors == {}
        return
    with pytest.raises(TensorFileInvalid):
        TensorFile(data)
