"""What twins.test.ts asks of the trainer's code: each function takes and gives values of JSON."""

from __future__ import annotations

from array import array
from hashlib import sha256
from pathlib import Path
from typing import Any

from medcare_train.files.archive import archived_files, read_archive, write_archive
from medcare_train.files.checkpoint import branches_bytes, checkpoint_bytes, read_branches, read_checkpoint
from medcare_train.files.prepared import read_prepared
from medcare_train.files.records import RecordFile, Records, records_bytes
from medcare_train.plan.counters import dropped, initial_value, random_word, shuffled
from medcare_train.plan.layout import Shape, lay_out, unpack
from medcare_train.plan.layout import pack as pack_arena
from medcare_train.plan.order import DataOrder, Place, validation_rows
from medcare_train.plan.packing import Record, pack
from medcare_train.plan.recipe import parse_recipe, remaining_branches, stage_branches
from medcare_train.plan.schedule import growth_due, learning_rate
from medcare_train.plan.snapshots import best_snapshot, snapshots_after
from medcare_train.plan.step_records import StepRecords

Json = dict[str, Any]


def words(draws: list[list[int]]) -> list[int]:
    return [random_word(*draw) for draw in draws]


def shuffles(asked: list[list[int]]) -> list[list[int]]:
    return [shuffled(*one).tolist() for one in asked]


def masks(asked: list[Json]) -> list[bool]:
    return [dropped(one["probability"], one["draws"], one["element"]) for one in asked]


def splits(asked: list[Json]) -> list[list[list[int]]]:
    return [validation_rows(one["counts"], parse_recipe(one["recipe"])) for one in asked]


def orders(given: Json) -> list[list[list[int]]]:
    """The records of every step of every stage, where some teach nothing."""
    recipe = parse_recipe(given["recipe"])
    places = [Place(*place) for place in given["places"]]
    records = [_record(record) for record in given["records"]]
    found = []
    for stage, description in enumerate(recipe.stages):
        order = DataOrder(recipe, stage, places)
        lengths = [len(record.ids) if record else 0 for record in records]
        steps = StepRecords(order, lengths.__getitem__, description.name, given["gaps"])
        found.append([steps.take(step) for step in range(order.steps)])
    return found


def packed(given: Json) -> list[Json]:
    records = [record for record in map(_record, given["records"]) if record]
    return [
        {
            **{name: list(getattr(part, name)) for name in ("ids", "positions", "tasks", "rows", "wanted")},
            **{name: getattr(part, name) for name in ("members", "lengths")},
        }
        for part in pack(records, given["rows"])
    ]


def layouts(given: Json) -> list[Json]:
    """Of each stage: the places of its parameters, and the sizes of its arena."""
    recipe = parse_recipe(given["recipe"])
    found = []
    for stage in range(len(recipe.stages)):
        branches = stage_branches(recipe, stage, given["merging"])
        layout = lay_out(_shape(given), branches)
        slots = [
            [slot.name, list(slot.shape), slot.offset, slot.stride, slot.inputs, slot.branch.scale, slot.branch.trains]
            for slot in layout.slots
        ]
        left = [branch.name for branch in remaining_branches(recipe, stage, given["merging"])]
        found.append({"elements": layout.elements, "slots": slots, "left": left})
    return found


def initial(given: Json) -> dict[str, list[float]]:
    """The first values of each parameter of a stage."""
    recipe = parse_recipe(given["recipe"])
    layout = lay_out(_shape(given), stage_branches(recipe, given["stage"]))
    return {
        slot.name: [
            initial_value(slot.name, slot.inputs, recipe.seed, recipe.initialisation, element)
            for element in range(min(given["most"], slot.rows * slot.columns))
        ]
        for slot in layout.slots
    }


def schedule(given: Json) -> Json:
    recipe = parse_recipe(given["recipe"])
    total = given["total"]
    return {
        "rates": [learning_rate(step, total, recipe.optimizer) for step in range(total)],
        "growth": [growth_due(step, total) for step in range(total + 1)],
        "snapshots": [
            [snapshot.json() for snapshot in snapshots_after(recipe, done)] for done in range(len(recipe.stages) + 1)
        ],
        "best": [best_snapshot(recipe, stage, 7).json() for stage in range(len(recipe.stages))],
    }


def archive(given: Json) -> Json:
    """Reads an archive, writes it anew, and says what it read."""
    read = read_archive(Path(given["from"]))
    write_archive(Path(given["to"]), read)
    return {
        **{name: getattr(read, name) for name in ("run", "tasks", "fingerprint", "validation", "growth", "routing")},
        **{"dataSets": read.data_sets, "base": read.base, "environment": read.environment},
        "steps": [{**step, "rows": step["rows"].tolist()} for step in read.steps],
        "stages": [sha256(data).hexdigest() for data in read.stages],
        "best": [[best.stage, best.step, best.loss, sha256(best.data).hexdigest()] for best in read.best],
        "files": sorted(archived_files(read)),
    }


def rewritten(given: Json) -> None:
    """Reads the branches and the checkpoint of a stage and writes both again, through an arena and back."""
    recipe, folder = parse_recipe(given["recipe"]), Path(given["folder"])
    layout = lay_out(_shape(given), stage_branches(recipe, given["stage"]))
    state = read_checkpoint((folder / "checkpoint").read_bytes(), layout)
    (folder / "checkpoint.py").write_bytes(checkpoint_bytes(state))
    named = read_branches((folder / "branches").read_bytes())
    again = unpack(layout, pack_arena(layout, named))
    (folder / "branches.py").write_bytes(branches_bytes(layout, again, given["stage"], recipe.name))
    (folder / "arena.py").write_bytes(memoryview(pack_arena(layout, named)).tobytes())


def record_file(given: Json) -> list[Json | None]:
    """Writes records as a file, and reads them back."""
    records = [_record(record) for record in given["records"]]
    path = Path(given["path"])
    path.write_bytes(records_bytes(records, [record.task if record else 0 for record in records]))
    return _read_back(Records([RecordFile(path)]))


def prepared(given: Json) -> Json:
    """Reads a folder of prepared records as a run with these tasks counts them."""
    (found,) = read_prepared(Path(given["folder"])) or []
    records = found.open(given["tasks"])
    return {"records": _read_back(records), **records.joined_seal().json()}


def _read_back(file: Records) -> list[Json | None]:
    read = [file.read(row) for row in range(len(file))]
    return [record and {"ids": record.ids, "labels": record.labels, "task": record.task} for record in read]


def _record(json: Json | None) -> Record | None:
    if json is None:
        return None
    return Record(array("q", json["ids"]).tolist(), json["labels"], json["task"])


def _shape(given: Json) -> Shape:
    return Shape(given["layers"], {name: tuple(size) for name, size in given["projections"].items()})
