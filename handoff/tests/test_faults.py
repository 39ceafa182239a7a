"""What is wrong is said before anything is trained: a code, what happened, what to do; and an exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import TINY, edit_manifest, fresh_archive, make_bundle, small_recipe
from places import GOLDEN, events, launch

from medcare_train import faults
from medcare_train.cli import main
from medcare_train.compute.processes import check_count
from medcare_train.faults import HandOffFault
from medcare_train.files.hashes import seal_file


@pytest.fixture
def own(bundle: Path, tmp_path: Path) -> Path:
    """A copy of the bundle, to be damaged."""
    return Path(shutil.copytree(bundle, tmp_path / "bundle"))


def fault_of(capsys: pytest.CaptureFixture[str], bundle: Path, *more: str, model: Path = TINY) -> dict[str, Any]:
    """The fault that the command ends with; nothing may have been written."""
    out = bundle.parent / "out.zip"
    line = [str(bundle), "--model", str(model), "--out", str(out), "--device", "cpu", "--json", *more]
    status = main(line)
    (fault,) = events(capsys.readouterr().out)
    assert fault["event"] == "fault"
    assert not out.exists()
    kinds = {kind.code: kind for kind in vars(faults).values() if isinstance(kind, type)}
    assert status == kinds[str(fault["code"])].status > 1
    assert fault["said"] and fault["remedy"]
    return fault


Damage = Callable[[Path], None]


def flip(path: str) -> Damage:
    """Changes one bit of a file."""

    def damage(bundle: Path) -> None:
        data = bytearray((bundle / path).read_bytes())
        data[-1] ^= 1
        (bundle / path).write_bytes(bytes(data))

    return damage


def edited(change: Callable[[dict[str, Any]], None]) -> Damage:
    return lambda bundle: edit_manifest(bundle, change)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a file with another hash": (flip("run/recipe.json"), "bundle-damaged"),
    "records with another hash": (flip("records/2.safetensors"), "bundle-damaged"),
    "no records": (lambda bundle: shutil.rmtree(bundle / "records"), "records-missing"),
    "a missing file": (lambda bundle: (bundle / "run/recipe.json").unlink(), "bundle-damaged"),
    "no manifest": (lambda bundle: (bundle / "handoff.json").unlink(), "bundle-missing"),
    "a manifest of a later version": (edited(lambda m: m.update(version=2)), "bundle-newer"),
    "a later rule of order": (edited(lambda m: m.update(order=4)), "bundle-newer"),
    "a path out of the bundle": (edited(lambda m: m["records"][0].update(path="../x")), "bundle-invalid"),
    "a path that no system has": (edited(lambda m: m["files"][0].update(path="a\0b")), "bundle-invalid"),
    "a size without end": (edited(lambda m: m["files"][0].update(bytes=float("inf"))), "bundle-invalid"),
    "rows that are no numbers": (edited(lambda m: m["split"][0].append("3")), "bundle-invalid"),
    "a count that is no number": (edited(lambda m: m["records"][0].update(records=None)), "bundle-invalid"),
    "a manifest without a bottom": (lambda bundle: nest(bundle / "handoff.json"), "bundle-invalid"),
    "a missing field": (edited(lambda m: m.pop("split")), "bundle-invalid"),
    "another split": (edited(lambda m: m["split"][0].pop()), "split-differs"),
    "fewer records": (edited(lambda m: m["records"][0].update(records=3)), "records-invalid"),
    "another vocabulary": (edited(lambda m: m["base"].update(vocabulary=7)), "vocabulary-differs"),
}


def nest(path: Path) -> None:
    path.write_text("[" * 100_000, encoding="utf-8")


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_bundle_is_refused(own: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    damage, code = DAMAGES[name]
    damage(own)
    assert fault_of(capsys, own)["code"] == code


def test_a_bundle_that_is_still_a_zip_says_how_to_unpack_it(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = own.parent / "packed.zip"
    packed.write_bytes(b"PK")
    assert "zipfile -e packed.zip" in str(fault_of(capsys, packed)["remedy"])


def test_a_folder_around_the_bundle_names_the_bundle_in_it(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What unpacking gives: the folder that was asked for, and in it the one of the zip.
    fault = fault_of(capsys, own.parent)
    assert fault["code"] == "bundle-missing"
    assert f"Name {own}," in str(fault["remedy"])


RECIPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a step of no records": lambda run: run["recipe"]["batch"].update(records=0),
    "half a record": lambda run: run["recipe"]["batch"].update(records=2.5),
    "records as a word": lambda run: run["recipe"]["batch"].update(records="6"),
    "a rate that is no number": lambda run: run["recipe"]["optimizer"].update(learningRate=float("nan")),
    "a rank beyond any": lambda run: run["recipe"]["stages"][0]["attach"][0].update(rank=10**9),
    "a share beyond all": lambda run: run["recipe"]["stages"][0]["data"].update(fraction=float("inf")),
    "more experts chosen than there are": lambda run: run["recipe"]["stages"][0]["attach"][2].update(active=64),
    "an act that nobody knows": lambda run: run["recipe"]["stages"][0]["after"][0].update(action="melt"),
    "stages as a word": lambda run: run["recipe"].update(stages="two"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_that_no_studio_writes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    archive = fresh_archive(small_recipe(), ["first task", "second task"])
    RECIPES[name](archive.run)
    # Written without the writer's own care for numbers that JSON does not have.
    bundle = make_bundle(tmp_path / "bundle")
    path = bundle / "run/manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "run": archive.run}), encoding="utf-8")
    seal_again(bundle, "run/manifest.json")
    assert fault_of(capsys, bundle)["code"] == "recipe-invalid"


@pytest.mark.parametrize(
    ("field", "value"),
    [("tasks", 3), ("dataSets", [None, None]), ("environment", "none"), ("fingerprint", None), ("stepParts", -1)],
)
def test_a_run_that_no_studio_writes_is_refused(
    own: Path, capsys: pytest.CaptureFixture[str], field: str, value: object
) -> None:
    path = own / "run/manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, field: value}), encoding="utf-8")
    seal_again(own, "run/manifest.json")
    assert fault_of(capsys, own)["code"] == "archive-invalid"


def seal_again(bundle: Path, name: str) -> None:
    """So that nothing but what it says is wrong with a file."""
    seal = seal_file(bundle / name).json()

    def change(manifest: dict[str, Any]) -> None:
        for file in manifest["files"]:
            if file["path"] == name:
                file.update(seal)

    edit_manifest(bundle, change)


@pytest.mark.parametrize(
    "change",
    [{"num_hidden_layers": 10**12}, {"vocab_size": 0}, {"max_position_embeddings": "long"}, {"rope_parameters": 7}],
    ids=str,
)
def test_a_model_whose_sizes_are_none_is_refused(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    model = Path(shutil.copytree(TINY, tmp_path / "model"))
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    (model / "config.json").write_text(json.dumps({**config, **change}), encoding="utf-8")
    assert fault_of(capsys, own, model=model)["code"] == "base-unsupported"


def test_another_base_is_refused(own: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert fault_of(capsys, own, model=GOLDEN / "qwen3-qknorm/model")["code"] == "vocabulary-differs"
    assert fault_of(capsys, own, model=tmp_path / "none")["code"] == "base-missing"
    other = Path(shutil.copytree(TINY, tmp_path / "model"))
    flip("model.safetensors")(other)
    assert fault_of(capsys, own, model=other)["code"] == "base-differs"
    config = json.loads((other / "config.json").read_text(encoding="utf-8"))
    (other / "config.json").write_text(json.dumps({**config, "model_type": "mamba"}), encoding="utf-8")
    assert fault_of(capsys, own, model=other)["code"] == "base-unsupported"


def test_records_may_lie_elsewhere(own: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.move(own / "records", tmp_path / "cluster")
    out = tmp_path / "run.zip"
    line = [str(own), "--model", str(TINY), "--out", str(out), "--device", "cpu", "--stop-at", "1:1"]
    assert main([*line, "--records", str(tmp_path / "cluster")]) == 130
    assert out.exists()
    flip("1.safetensors")(tmp_path / "cluster")
    assert fault_of(capsys, own, "--records", str(tmp_path / "cluster"))["code"] == "bundle-damaged"


def test_a_base_in_a_gguf_file_is_refused_with_a_way_out(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_manifest(own, lambda manifest: manifest["base"]["files"][0].update(path="model-Q4_K.gguf"))
    fault = fault_of(capsys, own)
    assert fault["code"] == "base-unsupported"
    assert "GGUF" in str(fault["said"]) and "Hugging Face folder" in str(fault["remedy"])


def test_an_archive_of_another_run_is_not_overwritten(
    own: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = make_bundle(tmp_path / "other", lambda recipe: recipe.update(seed=7))
    out = tmp_path / "run.zip"
    line = ["--model", str(TINY), "--out", str(out), "--device", "cpu", "--json"]
    assert main([str(other), *line, "--stop-at", "1:1"]) == 130
    before = out.read_bytes()
    capsys.readouterr()
    assert main([str(own), *line]) == 6
    assert events(capsys.readouterr().out)[-1]["code"] == "archive-of-another-run"
    assert out.read_bytes() == before


def test_a_loss_that_is_no_number_ends_the_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def change(recipe: dict[str, Any]) -> None:
        recipe["optimizer"]["learningRate"] = 1e12
        recipe["optimizer"]["warmupRatio"] = 0

    bundle = make_bundle(tmp_path / "bundle", change)
    out = tmp_path / "run.zip"
    assert main([str(bundle), "--model", str(TINY), "--out", str(out), "--device", "cpu", "--json"]) == 7
    assert events(capsys.readouterr().out)[-1]["code"] == "not-finite"


@pytest.mark.parametrize(
    ("count", "expected", "records", "code"),
    [(1, 2, 6, "too-few-processes"), (3, 2, 6, "too-many-processes"), (8, None, 6, "too-many-processes")],
)
def test_another_number_of_processes_is_refused(count: int, expected: int | None, records: int, code: str) -> None:
    with pytest.raises(HandOffFault) as caught:
        check_count(count, expected, records)
    assert caught.value.code == code
    check_count(2, 2, 6)
    check_count(6, None, 6)


def test_too_few_processes_are_refused_by_the_command(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fault = fault_of(capsys, own, "--processes", "2")
    assert fault["code"] == "too-few-processes"
    assert "torchrun" in str(fault["remedy"])


@pytest.mark.long
def test_a_fault_that_one_process_finds_ends_both(own: Path) -> None:
    flip("records/1.safetensors")(own)
    line = ["medcare_train", str(own), "--model", str(TINY), "--out", str(own.parent / "out.zip")]
    done = launch([*line, "--device", "cpu", "--json"], processes=2)
    assert done.returncode != 0
    assert [event["code"] for event in events(done.stdout)] == ["bundle-damaged"]
