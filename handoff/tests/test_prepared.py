"""Records that were prepared in shards train the run that the bundle's own records train, to the bit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import TINY, make_bundle, make_prepared
from places import events

from medcare_train import faults
from medcare_train.cli import main
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.files.archive import RunArchive, read_archive
from medcare_train.files.bundle import open_bundle
from medcare_train.files.records import MOST_OPEN, RecordFile, Records
from medcare_train.plan.packing import pack
from medcare_train.run_records import RunRecords


@pytest.fixture
def bare(bundle: Path, tmp_path: Path) -> Path:
    """The bundle without its records."""
    own = Path(shutil.copytree(bundle, tmp_path / "bare"))
    shutil.rmtree(own / "records")
    return own


@pytest.fixture
def prepared(bundle: Path, tmp_path: Path) -> Path:
    return make_prepared(tmp_path / "prepared", bundle)


def trained(bundle: Path, out: Path, *more: str) -> RunArchive:
    assert main([str(bundle), "--model", str(TINY), "--out", str(out), "--device", "cpu", *more]) == 0
    return read_archive(out)


def test_shards_train_the_same_run_to_the_bit(bundle: Path, bare: Path, prepared: Path, tmp_path: Path) -> None:
    one = trained(bundle, tmp_path / "one.zip")
    other = trained(bare, tmp_path / "other.zip", "--records", str(prepared))
    times = ("milliseconds",)

    def figures(archive: RunArchive) -> list[Any]:
        metrics = [{k: v for k, v in step["metrics"].items() if k not in times} for step in archive.steps]
        return [metrics, [step["rows"] for step in archive.steps], archive.validation, archive.routing]

    assert figures(one) == figures(other)
    assert one.stages == other.stages


def test_a_process_reads_the_records_of_its_own_micro_batches_only(bundle: Path) -> None:
    opened = open_bundle(bundle)
    records = RunRecords(opened, opened.open_records(), BaseFolder(TINY, "float32").config)
    steps = records.stage(0)
    indices = steps.take(0)
    due = pack([record for index in indices if (record := records.read(records.training[index]))], 64)
    read: list[int] = []
    plain = records.read
    records.read = lambda place: read.append(place.row) or plain(place)  # type: ignore[method-assign, func-returns-value]
    batch = records.batch(indices)
    assert (len(batch), read) == (len(due), [])
    assert batch[1] == due[1]
    assert len(read) == len(due[1].members) < len(indices)


def test_files_of_a_large_set_are_not_all_open(bundle: Path, tmp_path: Path) -> None:
    prepared = make_prepared(tmp_path / "many", bundle, shard=1)
    files = [RecordFile(path) for path in sorted(prepared.glob("1-*.safetensors"))]
    many = Records(files * 4)
    assert len(many) > MOST_OPEN
    whole = Records([RecordFile(bundle / "records/1.safetensors")])
    for row in range(len(many)):
        record, due = many.read(row), whole.read(row % len(whole))
        assert (record and (record.ids, record.labels)) == (due and (due.ids, due.labels))
    assert len(many._open) == MOST_OPEN


def index_change(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "prepared.json"
        index = json.loads(path.read_text(encoding="utf-8"))
        change(index)
        path.write_text(json.dumps(index), encoding="utf-8")

    return damage


def flip(folder: Path) -> None:
    path = folder / "1-000002.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a shard with another hash": (flip, "bundle-damaged"),
    "a missing shard": (lambda folder: (folder / "2-000001.safetensors").unlink(), "prepared-invalid"),
    "no index": (lambda folder: (folder / "prepared.json").unlink(), "records-missing"),
    "an index that is no JSON": (lambda folder: (folder / "prepared.json").write_text("{"), "prepared-invalid"),
    "a version to come": (index_change(lambda index: index.update(version=2)), "prepared-invalid"),
    "a path out of the folder": (
        index_change(lambda index: index["sets"][0]["shards"][0].update(path="../1-000001.safetensors")),
        "prepared-invalid",
    ),
    "other records": (index_change(lambda index: index["sets"][1].update(fingerprint="0" * 64)), "prepared-differs"),
    "a shard too few": (index_change(lambda index: index["sets"][0]["shards"].pop()), "prepared-differs"),
    "other tasks": (index_change(lambda index: index["sets"][0]["tasks"].reverse()), "prepared-differs"),
    "a task that is not named": (index_change(lambda index: index["sets"][0]["tasks"].clear()), "prepared-invalid"),
    "a shard of another size": (
        index_change(lambda index: index["sets"][0]["shards"][0].update(records=3)),
        "prepared-invalid",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_prepared_records_that_do_not_fit_are_refused(
    bare: Path, prepared: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    damage, code = DAMAGES[name]
    damage(prepared)
    line = [str(bare), "--model", str(TINY), "--out", str(bare / "out.zip"), "--device", "cpu", "--json"]
    status = main([*line, "--records", str(prepared)])
    (fault,) = events(capsys.readouterr().out)
    kinds = {kind.code: kind for kind in vars(faults).values() if isinstance(kind, type)}
    assert (fault["code"], status) == (code, kinds[code].status)


def test_records_prepared_by_another_recipe_are_refused(
    bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_bundle(tmp_path / "other")
    path = other / "records/1.safetensors"
    data = bytearray(path.read_bytes())
    data[-4] ^= 1
    path.write_bytes(bytes(data))
    prepared = make_prepared(tmp_path / "prepared", other)
    line = [str(bare), "--model", str(TINY), "--out", str(bare / "out.zip"), "--device", "cpu", "--json"]
    assert main([*line, "--records", str(prepared)]) == 3
    (fault,) = events(capsys.readouterr().out)
    assert fault["code"] == "prepared-differs"
