"""Prepared records: a folder that `medcare prepare` wrote (format medcare-prepared 1, docs/formats.md).

prepared.json          what the records were made with, and the shards of each data set with their hashes
1-000001.safetensors … the shards: files of records, whose tasks are numbered as in the set's own list
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medcare_train.faults import BundleDamaged, PreparedInvalid
from medcare_train.files.hashes import Seal, seal_file
from medcare_train.files.records import RecordFile, Records
from medcare_train.plan.values import WRONG, listed, text, whole

INDEX = "prepared.json"
SHARD = re.compile(r"\d{1,5}-\d{6,9}\.safetensors")
AGAIN = "Copy the folder again, or prepare the records again with medcare prepare."


@dataclass(frozen=True)
class Shard:
    """One file of a set."""

    path: Path
    seal: Seal
    records: int
    tokens: int


@dataclass(frozen=True)
class PreparedSet:
    """One data set as the index describes it."""

    name: str
    fingerprint: str
    tasks: list[str]
    shards: list[Shard]

    def open(self, tasks: Sequence[str]) -> Records:
        """The set's records, their tasks numbered as in the run's list; rarer ones are counted under its last name."""
        places = {name: at for at, name in enumerate(tasks)}
        files = []
        for shard in self.shards:
            if not shard.path.is_file():
                raise PreparedInvalid(f"{shard.path.name} of the prepared records is missing.", AGAIN)
            file = RecordFile(shard.path)
            if len(file.lengths) != shard.records or file.tokens != shard.tokens:
                raise PreparedInvalid(f"{shard.path.name} does not hold what {INDEX} says.", AGAIN)
            if any(max(piece, default=0) >= len(self.tasks) for piece in file.pieces("tasks")):
                raise PreparedInvalid(f"{shard.path.name} has a task that {INDEX} does not name.", AGAIN)
            files.append(file)
        return Records(files, [places.get(name, max(0, len(tasks) - 1)) for name in self.tasks])

    def check(self) -> None:
        """Compares every shard with its hash."""
        for shard in self.shards:
            if seal_file(shard.path) != shard.seal:
                raise BundleDamaged(
                    f"{shard.path.name} of the prepared records is not what {INDEX} says: its hash is another.", AGAIN
                )


def read_prepared(folder: Path) -> list[PreparedSet] | None:
    """The sets of a folder of prepared records; None where it is none."""
    index = folder / INDEX
    if not index.is_file():
        return None
    try:
        about = json.loads(index.read_text(encoding="utf-8"))
        if about["format"] != "medcare-prepared" or about["version"] != 1:
            raise ValueError("its format is not medcare-prepared 1")
        return [_set(folder, one) for one in listed(about["sets"])]
    except WRONG as error:
        raise PreparedInvalid(f"{INDEX} is not as it must be: {type(error).__name__}: {error}.", AGAIN) from error


def _set(folder: Path, about: dict[str, Any]) -> PreparedSet:
    return PreparedSet(
        name=text(about["name"]),
        fingerprint=text(about["fingerprint"]),
        tasks=[text(name) for name, _ in listed(about["tasks"])],
        shards=[_shard(folder, shard) for shard in listed(about["shards"])],
    )


def _shard(folder: Path, about: dict[str, Any]) -> Shard:
    if not SHARD.fullmatch(text(about["path"])):
        raise ValueError(f"no shard is called {about['path']}")
    seal = Seal(whole(about["bytes"]), text(about["sha256"]))
    return Shard(folder / about["path"], seal, whole(about["records"]), whole(about["tokens"]))
