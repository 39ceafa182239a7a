"""Makes small bundles: the recipe and manifest of the worked example, a tiny model, made-up records."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from places import EXAMPLE, GOLDEN

from medcare_train.files.archive import RunArchive, archived_files, read_archive, read_folder
from medcare_train.files.hashes import seal_bytes, seal_file
from medcare_train.files.records import RecordFile, Records, records_bytes
from medcare_train.plan.order import validation_rows
from medcare_train.plan.packing import NO_TARGET, Record
from medcare_train.plan.recipe import parse_recipe

Json = dict[str, Any]
TINY = GOLDEN / "odd-sizes/model"
COUNTS = (26, 20)
KINDS = ("knowledge", "alignment")


def small_recipe() -> Json:
    """The worked example's recipe: dropout, packing, both stages; a few steps of few records."""
    recipe = copy.deepcopy(read_archive(EXAMPLE).run["recipe"])
    recipe["batch"] = {"records": 6, "microBatchTokens": 64, "maxLength": 48}
    recipe["validation"] = {"fraction": 0.2, "maxRecords": 8, "minRecords": 2, "everySteps": 2}
    recipe["checkpointEverySteps"] = 2
    return recipe


def made_up_records(count: int, tasks: int, seed: int, vocabulary: int) -> list[Record | None]:
    """Records of all lengths; some teach nothing."""
    draw = random.Random(seed)
    records: list[Record | None] = []
    for _ in range(count):
        length = draw.randint(4, 48)
        ids = [draw.randrange(vocabulary) for _ in range(length)]
        first = draw.randint(1, length - 1)
        labels = [NO_TARGET] * first + ids[first:]
        records.append(None if draw.random() < 0.1 else Record(ids, labels, draw.randrange(tasks)))
    return records


def fresh_archive(recipe: Json, tasks: list[str]) -> RunArchive:
    """The worked example's archive as it would be before the first step of this recipe."""
    archive = read_archive(EXAMPLE)
    archive.run = {**archive.run, "recipe": recipe, "state": "interrupted", "checkpoint": {"stage": 0, "step": 0}}
    for key in ("best", "data", "dryRun"):
        archive.run.pop(key, None)
    archive.tasks = tasks
    archive.data_sets = [
        {"name": kind, "kind": kind, "records": count, "fingerprint": fingerprint_of(kind)}
        for kind, count in zip(KINDS, COUNTS)
    ]
    archive.steps, archive.validation, archive.growth = [], [], []
    archive.routing, archive.checkpoint = None, None
    archive.stages, archive.best = [], []
    return archive


def fingerprint_of(kind: str) -> str:
    """Stands for the hash of a data set's records."""
    return seal_bytes(kind.encode()).sha256


def make_prepared(folder: Path, bundle: Path, shard: int = 7) -> Path:
    """The records of a bundle as `medcare prepare` writes them: in shards, tasks in an order of their own."""
    folder.mkdir()
    tasks = read_folder(bundle / "run").tasks
    sets = []
    for data_set, kind in enumerate(KINDS):
        records = Records([RecordFile(bundle / f"records/{data_set + 1}.safetensors")])
        own = tasks[::-1]
        shards = []
        for first in range(0, len(records), shard):
            rows = range(first, min(first + shard, len(records)))
            read = [records.read(row) for row in rows]
            data = records_bytes(read, [own.index(tasks[records.task(row)]) for row in rows])
            path = f"{data_set + 1}-{len(shards) + 1:06}.safetensors"
            _write(folder / path, data)
            tokens = sum(map(records.length, rows))
            shards.append({"path": path, **seal_bytes(data).json(), "records": len(rows), "tokens": tokens})
        about = {"name": kind, "kind": kind, "fingerprint": fingerprint_of(kind), "tasks": [[name, 0] for name in own]}
        sets.append({**about, "records": len(records), "tokens": records.tokens, "shards": shards})
    index = {"format": "medcare-prepared", "version": 1, "sets": sets}
    (folder / "prepared.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def make_bundle(
    folder: Path,
    change: Callable[[Json], None] = lambda recipe: None,
    *,
    model: Path = TINY,
    merging: str = "into-weights",
    precision: str | None = None,
    archive: RunArchive | None = None,
) -> Path:
    """Writes a bundle; `change` edits the recipe, `archive` is a run under way."""
    recipe = small_recipe()
    change(recipe)
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    archive = archive or fresh_archive(recipe, ["first task", "second task"])
    if precision:
        archive.run["precision"] = precision
    files = {f"run/{name}": data for name, data in archived_files(archive).items()}
    records = []
    for index, count in enumerate(COUNTS):
        own = made_up_records(count, len(archive.tasks), index, config["vocab_size"])
        data = records_bytes(own, [record.task if record else 0 for record in own])
        path = f"records/{index + 1}.safetensors"
        tokens = sum(len(record.ids) for record in own if record)
        records.append({"path": path, **seal_bytes(data).json(), "records": count, "tokens": tokens})
        _write(folder / path, data)
    for path, data in files.items():
        _write(folder / path, data)
    manifest = {
        "format": "medcare-handoff",
        "version": 1,
        "order": 3,
        "merging": merging,
        "files": [{"path": path, **seal_bytes(data).json()} for path, data in files.items()],
        "records": records,
        "split": validation_rows(COUNTS, parse_recipe(recipe)),
        "base": {
            "name": "tiny",
            "hub": "",
            "vocabulary": config["vocab_size"],
            "files": [
                {"path": name, **seal_file(model / name).json()} for name in ("config.json", "model.safetensors")
            ],
        },
    }
    (folder / "handoff.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def edit_manifest(bundle: Path, change: Callable[[Json], None]) -> None:
    """Changes a bundle's manifest."""
    path = bundle / "handoff.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def set_run(bundle: Path, archive: RunArchive) -> None:
    """Puts another state of its run into a bundle."""
    files = {f"run/{name}": data for name, data in archived_files(archive).items()}
    for path, data in files.items():
        _write(bundle / path, data)
    sealed = [{"path": path, **seal_bytes(data).json()} for path, data in files.items()]
    edit_manifest(bundle, lambda manifest: manifest.update(files=sealed))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
