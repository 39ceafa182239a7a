"""Trains the first steps of a bundle again and compares them with the curve that the bundle brings.

The studio computed that curve on its own device; whoever is about to spend days of a cluster sees first that the same
records and the same figures come out there. Nothing is written.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import torch

from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.model_state import Computing
from medcare_train.faults import NothingToVerify, VerifyDiffers
from medcare_train.files.archive import RunArchive
from medcare_train.files.bundle import Bundle
from medcare_train.run import Hooks, Run
from medcare_train.run_records import RunRecords
from medcare_train.run_state import Point

Json = dict[str, Any]
FIGURES = ("nll", "orthogonal", "gradientNorm")
BOUNDS = {torch.float32: (1e-4, 1e-2), torch.bfloat16: (2e-2, 2e-1)}
"""How far the loss, and any other figure, may be from the studio's, relative, by what the base computes in."""


def verify(bundle: Bundle, base: BaseFolder, records: RunRecords, computing: Computing, steps: int) -> Json:
    """The largest differences over the first steps; a fault where they exceed what rounding explains."""
    due = [step for step in bundle.archive.steps if step["metrics"]["stage"] == 0][:steps]
    if not due:
        raise NothingToVerify(
            "The bundle's run has no step yet, so there is no curve to compare with.",
            "Train some steps in the studio before handing off, or leave --verify out.",
        )
    count = len(due)
    hooks = Hooks(lambda written: None, _ignore, lambda point: point == Point(0, count))
    run = Run(bundle, base, records, unbegun(bundle.archive), computing, hooks)
    run.go()
    differences = {name: _largest(run.archive.steps[:count], due, name) for name in FIGURES}
    loss, other = BOUNDS[computing.dtype]
    rows = sum(one["rows"] != wanted["rows"] for one, wanted in zip(run.archive.steps, due))
    within = rows == 0 and differences["nll"] <= loss and max(differences.values()) <= other
    found = {"steps": count, "otherRecords": rows, **differences}
    if not within:
        raise _differs(found, loss)
    return found


def unbegun(archive: RunArchive) -> RunArchive:
    """The run as it was before its first step; its measured losses stay, so that they are not measured again."""
    fresh = copy.copy(archive)
    fresh.steps, fresh.growth, fresh.stages, fresh.best = [], [], [], []
    fresh.routing, fresh.checkpoint = None, None
    return fresh


def said(found: Json) -> str:
    """One line for people."""
    figures = ", ".join(f"{name} {found[name]:.1e}" for name in FIGURES)
    return f"The first {found['steps']} steps have the same records. Largest relative differences: {figures}."


def _largest(steps: list[Json], due: list[Json], name: str) -> float:
    worst = 0.0
    for one, wanted in zip(steps, due):
        a, b = one["metrics"][name], wanted["metrics"][name]
        if b:
            error = abs(a - b) / abs(b) if a is not None else math.inf
            worst = max(worst, error if math.isfinite(error) else math.inf)
    return worst


def _differs(found: Json, bound: float) -> VerifyDiffers:
    if found["otherRecords"]:
        what = f"{found['otherRecords']} of the first {found['steps']} steps train on other records"
    else:
        what = (
            f"the figures of the first {found['steps']} steps differ from the studio's by up to {found['nll']:.1e} "
            f"(loss; at most {bound:.0e}) and {found['gradientNorm']:.1e} (gradient norm)"
        )
    return VerifyDiffers(
        f"This is not the run that the studio began: {what}.",
        "Compare versions of studio and medcare-train; with bfloat16, try float32 first.",
    )


_ignore: Callable[[Json, Point], None] = lambda metrics, left: None  # noqa: E731
