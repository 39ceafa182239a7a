"""Where a run stands: begun from a bundle, or gone on with from the archive that it wrote."""

from __future__ import annotations

import copy
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import torch

import medcare_train
from medcare_train.compute.model_state import Computing
from medcare_train.faults import ArchiveOfAnotherRun
from medcare_train.files.archive import RunArchive, read_archive
from medcare_train.files.bundle import Bundle
from medcare_train.plan.recipe import Recipe
from medcare_train.plan.snapshots import best_snapshot, snapshots_after

SUFFIX = " (handed off)"
OF_ANOTHER_MACHINE = ("kernels", "dryRun", "kernelsChanged", "best")
"""Fields of a summary that say what the studio's device did, or that are written anew."""


@dataclass(frozen=True)
class Point:
    """The next step of a run."""

    stage: int
    step: int


def begin(bundle: Bundle, out: Path) -> RunArchive:
    """The run in `out` where there is one, else that of the bundle under an id of its own."""
    if out.exists():
        archive = read_archive(out)
        same = archive.fingerprint == bundle.archive.fingerprint
        if not same or archive.run["recipe"] != bundle.recipe.json:
            raise ArchiveOfAnotherRun(
                f"{out} holds another run, “{archive.run['name']}”.", "Name another file with --out."
            )
    else:
        archive = copy.copy(bundle.archive)
        archive.stages = list(archive.stages)
        name = archive.run["name"].removesuffix(SUFFIX)[: 200 - len(SUFFIX)] + SUFFIX
        kept = {key: value for key, value in archive.run.items() if key not in OF_ANOTHER_MACHINE}
        archive.run = {**kept, "id": str(uuid.uuid4()), "name": name}
    _forget_after(archive, point_of(archive))
    return archive


def point_of(archive: RunArchive) -> Point:
    """Where the run goes on."""
    checkpoint, ended = archive.checkpoint, len(archive.stages)
    return Point(ended, checkpoint.step if checkpoint and checkpoint.stage == ended else 0)


def _forget_after(archive: RunArchive, point: Point) -> None:
    """Drops what was noted after the point from which the run goes on: it will be noted again."""

    def before(at: dict[str, int], most: int) -> bool:
        return at["stage"] < point.stage or (at["stage"] == point.stage and at["step"] < most)

    archive.steps = [step for step in archive.steps if before(step["metrics"], point.step)]
    reached = point.step + 1 if point.step > 0 else 0
    archive.validation = [at for at in archive.validation if at["snapshot"] == "base" or before(at, reached)]
    archive.growth = [growth for growth in archive.growth if before(growth["point"], reached)]
    archive.best = [best for best in archive.best if before({"stage": best.stage, "step": best.step}, reached)]


def note_progress(
    archive: RunArchive, recipe: Recipe, stages: list[dict[str, object]], computing: Computing, studio: str
) -> None:
    """Brings the summary up to date: how far each stage is, which states exist, where it was computed."""
    ended, checkpoint = len(archive.stages), archive.checkpoint
    done = ended == len(recipe.stages)
    now = int(time.time() * 1000)
    best = [(one, best_snapshot(recipe, one.stage, one.step).json()) for one in archive.best]
    snapshots: list[dict[str, object]] = []
    for snapshot in snapshots_after(recipe, ended):
        # The best step of a stage is listed before its end, as the studio does it.
        snapshots += [own for one, own in best if snapshot.id == f"stage{one.stage + 1}.end"]
        snapshots.append(snapshot.json())
    snapshots += [own for one, own in best if one.stage >= ended]
    archive.run = {
        **archive.run,
        "state": "done" if done else "interrupted",
        "stages": stages,
        "snapshots": snapshots,
        "adapter": engine_name(computing),
        "updatedAt": now,
        "checkpoint": None if done else {"stage": ended, "step": checkpoint.step if checkpoint else 0},
        "error": None,
    }
    if archive.best:
        places = [{"stage": one.stage, "step": one.step, "loss": one.loss} for one in archive.best]
        archive.run["best"] = places
    archive.environment = {
        "studio": studio,
        "browser": f"medcare-train {medcare_train.__version__}, PyTorch {torch.__version__}",
        "archivedAt": now,
    }


def engine_name(computing: Computing) -> str:
    """What the studio shows where it names the adapter of its own runs."""
    processes = computing.processes
    # One process has nobody to spread its weights over.
    spread = ", FSDP2" if computing.sharded and processes.count > 1 else ""
    return f"{processes.count} × {device_name(processes.device)} (PyTorch {torch.__version__}{spread})"


def device_name(device: torch.device) -> str:
    """What people call the device."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
