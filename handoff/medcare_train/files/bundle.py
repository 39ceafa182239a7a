"""A bundle: what the studio hands off. README.md beside the package describes its files.

handoff.json         what is in it, with hashes, and what the base must be
run/                 the run as an unpacked archive: recipe, curves, branches, checkpoint
records/N.safetensors the records of each data set as tokens
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from medcare_train.faults import (
    BundleDamaged,
    BundleInvalid,
    BundleMissing,
    BundleNewer,
    PreparedDiffers,
    RecordsMissing,
)
from medcare_train.files.archive import RunArchive, read_folder
from medcare_train.files.hashes import Seal, seal_file
from medcare_train.files.prepared import PreparedSet, read_prepared
from medcare_train.files.records import RecordFile, Records
from medcare_train.plan.recipe import BESIDE_WEIGHTS, INTO_WEIGHTS, Recipe, parse_recipe
from medcare_train.plan.values import WRONG, listed, text, whole

FORMAT = "medcare-handoff"
VERSION = 1
MANIFEST = "handoff.json"
ORDERS = {2: True, 3: False}
"""Rules for the order of records, and whether a record that teaches nothing leaves its place empty."""
AGAIN = "Make the bundle again in the studio, or copy it again."


@dataclass(frozen=True)
class SealedFile:
    """A file that the manifest names."""

    path: str
    seal: Seal


@dataclass(frozen=True)
class RecordsAbout:
    """The records of one data set, which may lie elsewhere."""

    file: SealedFile
    records: int
    tokens: int


@dataclass(frozen=True)
class BaseAbout:
    """What the base model must be."""

    name: str
    hub: str
    """Owner and name at a commit, or empty."""
    vocabulary: int
    files: tuple[SealedFile, ...]
    """The files that decide what the model says, by name."""


@dataclass(frozen=True)
class Bundle:
    """A bundle whose manifest has been read."""

    folder: Path
    recipe: Recipe
    archive: RunArchive
    base: BaseAbout
    files: tuple[SealedFile, ...]
    records: tuple[RecordsAbout, ...]
    merging: str
    leaves_gaps: bool
    split: list[list[int]]

    def check_files(self) -> None:
        """Compares every file of the bundle with its hash."""
        for file in self.files:
            _check_file(self.folder / file.path, file, BundleDamaged, "bundle")

    def open_records(self, elsewhere: Path | None = None, check: bool = True) -> list[Records]:
        """The records of each data set: from the bundle, or from a folder of such files or of prepared records."""
        opened = []
        prepared = read_prepared(elsewhere) if elsewhere else None
        for data_set, about in enumerate(self.records):
            places = [self.folder / about.file.path]
            if elsewhere:
                places.append(elsewhere / PurePosixPath(about.file.path).name)
            path = next((place for place in places if place.is_file()), None)
            if path is None and prepared is not None:
                opened.append(self._prepared(data_set, prepared, check))
                continue
            if path is None:
                raise _records_missing(about, elsewhere)
            if check:
                _check_file(path, about.file, RecordsMissing, "records")
            opened.append(Records([RecordFile(path)]))
        return opened

    def _prepared(self, data_set: int, prepared: Sequence[PreparedSet], check: bool) -> Records:
        """The prepared records of a data set, by its fingerprint; joined, they are the very file that was sealed."""
        about, fingerprint = self.records[data_set], self.archive.data_sets[data_set]["fingerprint"]
        found = next((one for one in prepared if one.fingerprint == fingerprint), None)
        name = self.archive.data_sets[data_set]["name"]
        if found is None:
            raise PreparedDiffers(
                f"The prepared records do not hold the data set “{name}” of this run.",
                "Name with --records the folder that medcare prepare made of the same files.",
            )
        records = found.open(self.archive.tasks)
        if check and records.joined_seal() != about.file.seal:
            found.check()
            raise PreparedDiffers(
                f"The data set “{name}” was prepared into other tokens than those of the bundle.",
                "Prepare it with the model and the recipe of this run, or hand off with --prepared.",
            )
        return records


def open_bundle(folder: Path) -> Bundle:
    """Reads a bundle's manifest and its run; hashes are compared by `check_files` and `open_records`."""
    if folder.is_file():
        raise BundleMissing(
            f"{folder.name} is one file.", f"Unpack it first: python3 -m zipfile -e {folder.name} bundle"
        )
    try:
        read = (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        inside = next(iter(sorted(folder.glob(f"*/{MANIFEST}"))), None)
        name = f"{inside.parent}, which is one" if inside else "the folder that the bundle was unpacked into"
        raise BundleMissing(f"{folder} has no readable {MANIFEST}.", f"Name {name}.") from error
    try:
        manifest = json.loads(read)
        if manifest["format"] != FORMAT:
            raise ValueError("its format is another")
        if manifest["version"] > VERSION:
            raise _newer(manifest["version"])
        return _bundle(folder, manifest)
    except WRONG as error:
        raise BundleInvalid(f"{MANIFEST} is not as it must be: {type(error).__name__}: {error}.", AGAIN) from error


def _bundle(folder: Path, manifest: dict[str, Any]) -> Bundle:
    archive = read_folder(folder / "run")
    base = manifest["base"]
    if manifest["merging"] not in (INTO_WEIGHTS, BESIDE_WEIGHTS):
        raise ValueError(f"no merging is called {manifest['merging']}")
    if manifest["order"] not in ORDERS:
        raise _newer(f"order {manifest['order']}")
    records = tuple(_records(about) for about in listed(manifest["records"]))
    if len(records) != len(archive.data_sets) or len(records) != len(manifest["split"]):
        raise ValueError("the lists of data sets, records and validation rows have different lengths")
    return Bundle(
        folder=folder,
        recipe=parse_recipe(archive.run["recipe"]),
        archive=archive,
        base=BaseAbout(text(base["name"]), text(base["hub"]), whole(base["vocabulary"], 1), _all_sealed(base["files"])),
        files=_all_sealed(manifest["files"]),
        records=records,
        merging=manifest["merging"],
        leaves_gaps=ORDERS[manifest["order"]],
        split=[[whole(row) for row in listed(rows)] for rows in listed(manifest["split"])],
    )


def _records(about: dict[str, Any]) -> RecordsAbout:
    return RecordsAbout(_sealed(about), whole(about["records"]), whole(about["tokens"]))


def _all_sealed(files: Any) -> tuple[SealedFile, ...]:
    return tuple(_sealed(file) for file in listed(files))


def _sealed(about: dict[str, Any]) -> SealedFile:
    path = PurePosixPath(text(about["path"]))
    if path.is_absolute() or ".." in path.parts or "\\" in about["path"] or "\0" in about["path"]:
        raise ValueError(f"{path} leads out of the bundle")
    return SealedFile(str(path), Seal(whole(about["bytes"]), text(about["sha256"])))


def _check_file(path: Path, file: SealedFile, fault: type[BundleDamaged | RecordsMissing], of: str) -> None:
    if not path.is_file():
        raise fault(f"{file.path} of the {of} is missing.", AGAIN)
    if path.stat().st_size != file.seal.bytes or seal_file(path) != file.seal:
        raise BundleDamaged(
            f"{file.path} of the {of} is not what the manifest says: its size or its hash is another.", AGAIN
        )


def _records_missing(about: RecordsAbout, elsewhere: Path | None) -> RecordsMissing:
    name = PurePosixPath(about.file.path).name
    where = f", nor {name} in {elsewhere}" if elsewhere else ""
    return RecordsMissing(
        f"The bundle does not hold its records: there is no {about.file.path}{where}.",
        "Name the folder in which they lie with --records FOLDER, or make a bundle that holds them.",
    )


def _newer(version: object) -> BundleNewer:
    return BundleNewer(
        f"The bundle was written by a later version of the studio ({version}; known: {VERSION}).",
        "Install the medcare-train of that version.",
    )
