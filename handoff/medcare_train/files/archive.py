"""Run archives: the studio's `run.zip`, read and written (format medcare-run 1, src/archive).

The same files lie in a bundle's folder `run`. An archive that is written while a run is under way holds its
checkpoint, and is what a stopped run goes on from, here as in the studio.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medcare_train.faults import ArchiveInvalid
from medcare_train.files.archived_json import figures_of, text_of
from medcare_train.files.hashes import seal_bytes
from medcare_train.files.step_parts import ClosedPart, step_of, step_parts
from medcare_train.plan.recipe import KINDS
from medcare_train.plan.values import WRONG, listed, one_of, text, whole

MANIFEST = "manifest.json"
VALIDATION = "curves/validation.json"
ROUTING = "routing.json"
GROWTH = "growth.json"
CHECKPOINT = "checkpoint.safetensors"
Json = dict[str, Any]


@dataclass
class Checkpoint:
    """Where a stage stands: its index, the steps done, and the file with arenas and routing counts."""

    stage: int
    step: int
    data: bytes


@dataclass
class Best:
    """The step of a stage with the lowest validation loss, and its branches."""

    stage: int
    step: int
    loss: float
    data: bytes


@dataclass
class RunArchive:
    """A run with everything it keeps; `run` is the summary that the studio shows."""

    run: Json
    tasks: list[str]
    fingerprint: str
    base: Json
    data_sets: list[Json]
    environment: Json
    steps: list[Json] = field(default_factory=list)
    """Metrics of each step, and its `rows`: data set and row of each record, one after the other."""
    validation: list[Json] = field(default_factory=list)
    growth: list[Json] = field(default_factory=list)
    routing: Json | None = None
    stages: list[bytes] = field(default_factory=list)
    best: list[Best] = field(default_factory=list)
    checkpoint: Checkpoint | None = None
    closed: list[ClosedPart] = field(default_factory=list, compare=False, repr=False)

    def best_of(self, stage: int) -> Best | None:
        """The best step of a stage, where one is kept."""
        return next((best for best in self.best if best.stage == stage), None)


def stage_path(stage: int) -> str:
    """Name of the branches with which a stage ended."""
    return f"branches/stage-{stage + 1}.safetensors"


def best_path(stage: int) -> str:
    """Name of the branches of a stage's best step."""
    return f"branches/best-{stage + 1}.safetensors"


def steps_path(part: int) -> str:
    """Name of a part of the curves."""
    return f"curves/steps-{part + 1:04}.jsonl"


def read_folder(folder: Path) -> RunArchive:
    """An archive that is unpacked, as in a bundle."""

    def read(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return _read(read, str(folder))


def read_archive(path: Path) -> RunArchive:
    """An archive as one file."""
    try:
        with zipfile.ZipFile(path) as file:
            names = {re.sub(r"^[^/]*/", "", name): name for name in file.namelist()}
            return _read(lambda name: file.read(names[name]) if name in names else None, path.name)
    except OSError as error:
        raise _invalid(str(path), str(error.strerror)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _invalid(path.name, f"it is no whole zip file ({error})") from error


def _read(read: Callable[[str], bytes | None], where: str) -> RunArchive:
    def due(name: str) -> bytes:
        data = read(name)
        if data is None:
            raise _invalid(where, f"{name} is missing")
        return data

    try:
        manifest = json.loads(due(MANIFEST))
        if manifest["format"] != "medcare-run" or manifest["version"] != 1:
            raise _invalid(where, "its format is not medcare-run 1")
        archive = _of_manifest(manifest)
        for part in range(whole(manifest["stepParts"])):
            archive.steps += [step_of(json.loads(line)) for line in due(steps_path(part)).splitlines()]
        archive.validation = figures_of(json.loads(read(VALIDATION) or b"[]"))
        archive.growth = figures_of(json.loads(read(GROWTH) or b"[]"))
        routing = read(ROUTING)
        archive.routing = json.loads(routing) if routing else None
        _read_branches(archive, manifest, due, read, where)
    except WRONG as error:
        raise _invalid(where, f"{type(error).__name__}: {error}") from error
    return archive


def _of_manifest(manifest: Json) -> RunArchive:
    """What the trainer computes with is checked; the rest goes back into the archive as it came."""
    run, data_sets, environment = manifest["run"], listed(manifest["dataSets"]), manifest["environment"]
    text(run["name"])
    text(environment["studio"])
    for about in data_sets:
        text(about["name"])
        one_of(about["kind"], KINDS)
        about.get("canaries")
        about["fingerprint"]
    return RunArchive(
        run=run,
        tasks=[text(task) for task in listed(manifest["tasks"])],
        fingerprint=text(manifest["fingerprint"]),
        base=manifest["base"],
        data_sets=data_sets,
        environment=environment,
    )


def _read_branches(
    archive: RunArchive,
    manifest: Json,
    due: Callable[[str], bytes],
    read: Callable[[str], bytes | None],
    where: str,
) -> None:
    def sealed(name: str, data: bytes, seal: Json) -> bytes:
        if seal_bytes(data).sha256 != seal["sha256"]:
            raise _invalid(where, f"{name} has another hash than the manifest says")
        return data

    for stage, seal in enumerate(manifest["stages"]):
        archive.stages.append(sealed(stage_path(stage), due(stage_path(stage)), seal))
    for best in manifest.get("best", []):
        stage = best["stage"]
        data = read(best_path(stage))
        if data is None:  # bytes that a best step shares with the end of its stage are there once
            data = archive.stages[stage]
        archive.best.append(Best(stage, best["step"], best["loss"], sealed(best_path(stage), data, best)))
    checkpoint = manifest["checkpoint"]
    if checkpoint:
        data = sealed(CHECKPOINT, due(CHECKPOINT), checkpoint)
        archive.checkpoint = Checkpoint(checkpoint["stage"], checkpoint["step"], data)


def write_archive(path: Path, archive: RunArchive, folder: str = "run") -> None:
    """Writes the archive in place of an earlier one: a crash leaves the one or the other, whole."""
    part = part_of(path)
    try:
        with zipfile.ZipFile(part, "w") as file:
            for name, data in _files(archive):
                if isinstance(data, ClosedPart):
                    data.write(file, f"{folder}/{name}")
                    continue
                method = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
                file.writestr(f"{folder}/{name}", data, compress_type=method)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
    except BaseException:
        part.unlink(missing_ok=True)  # on a full disk, half an archive would keep the room that is missing
        raise
    os.replace(part, path)


def part_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(f"{path.name}.part")


def check_place(path: Path) -> None:
    """Makes the folder of an archive to be written, and sees that a file can be: before a run trains for hours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part_of(path).touch()
    part_of(path).unlink()


def archived_files(archive: RunArchive) -> dict[str, bytes]:
    """The files of an archive by name."""
    return {name: data.text if isinstance(data, ClosedPart) else data for name, data in _files(archive)}


def _files(archive: RunArchive) -> Iterator[tuple[str, bytes | ClosedPart]]:
    """The files in writing order, one in memory at a time; the manifest names the others and comes last."""
    yield "recipe.json", text_of(archive.run["recipe"], indent=2)
    yield VALIDATION, text_of(archive.validation)
    if archive.routing:
        yield ROUTING, text_of(archive.routing)
    if archive.growth:
        yield GROWTH, text_of(archive.growth)
    parts = 0
    for lines in step_parts(archive.steps, archive.closed):
        yield steps_path(parts), lines
        parts += 1
    for stage, data in enumerate(archive.stages):
        yield stage_path(stage), data
    for best in archive.best:
        last = archive.stages[best.stage] if best.stage < len(archive.stages) else None
        if best.data != last:
            yield best_path(best.stage), best.data
    if archive.checkpoint:
        yield CHECKPOINT, archive.checkpoint.data
    yield MANIFEST, text_of(_manifest(archive, parts), indent=2)


def _manifest(archive: RunArchive, parts: int) -> Json:
    checkpoint = archive.checkpoint
    place = checkpoint and {"stage": checkpoint.stage, "step": checkpoint.step}
    return {
        "format": "medcare-run",
        "version": 1,
        "run": archive.run,
        "tasks": archive.tasks,
        "fingerprint": archive.fingerprint,
        "base": archive.base,
        "dataSets": archive.data_sets,
        "environment": archive.environment,
        "scores": [],
        "steps": len(archive.steps),
        "stepParts": parts,
        "stages": [seal_bytes(data).json() for data in archive.stages],
        "best": [
            {**seal_bytes(best.data).json(), "stage": best.stage, "step": best.step, "loss": best.loss}
            for best in archive.best
        ],
        "checkpoint": checkpoint and {**seal_bytes(checkpoint.data).json(), **(place or {})},
    }


def _invalid(where: str, why: str) -> ArchiveInvalid:
    return ArchiveInvalid(f"The run archive {where} cannot be read: {why}.", "Export it again, or name another file.")
