"""The model states that a run passes through, as the studio lists them (src/engine/training/run/snapshots.ts)."""

from __future__ import annotations

from typing import NamedTuple

from medcare_train.plan.recipe import Act, Recipe, Stage, branches_by_stage

TITLES = {"lora": "LoRA", "ka": "KA", "na": "NA", "align": "Align"}


class Snapshot(NamedTuple):
    """A state: its id within the run, its label, and the branches that are still attached."""

    id: str
    label: str
    branches: list[str]

    def json(self) -> dict[str, object]:
        """As a run archive writes it."""
        return {"id": self.id, "label": self.label, "branches": self.branches}


def snapshots_after(recipe: Recipe, stages_done: int) -> list[Snapshot]:
    """The snapshots that exist once this many stages are over."""
    snapshots = [Snapshot("base", "Base", [])]
    for stage in range(stages_done):
        snapshots += stage_snapshots(recipe, stage)
    return snapshots


def stage_snapshots(recipe: Recipe, stage: int) -> list[Snapshot]:
    """The states at a stage's end: before and, where it differs, after its branches are dropped or merged."""
    description = recipe.stages[stage]
    during = [branch.name for branch in branches_by_stage(recipe)[stage]]
    left = _left(recipe, stage)
    merges = any(act.action == "merge" for act in description.after)
    dropped = _dropped(description)
    number = stage + 1
    end = f"Stage {number} with {_titles(dropped)}" if dropped else f"Stage {number}{', unmerged' if merges else ''}"
    found = [Snapshot(f"stage{number}.end", end, during)]
    if stage == len(recipe.stages) - 1 and not left:
        found.append(Snapshot("merged", "Merged", []))
    elif description.after:
        found.append(Snapshot(f"stage{number}.after", f"Stage {number}{_rest(description.after, dropped)}", left))
    return found


def best_snapshot(recipe: Recipe, stage: int, step: int) -> Snapshot:
    """The state that a stage would have left after the step with the lowest validation loss."""
    return Snapshot(f"stage{stage + 1}.best", f"Stage {stage + 1}, best (step {step})", _left(recipe, stage))


def _left(recipe: Recipe, stage: int) -> list[str]:
    gone = {act.branch for act in recipe.stages[stage].after if act.action != "force"}
    return [branch.name for branch in branches_by_stage(recipe)[stage] if branch.name not in gone]


def _dropped(stage: Stage) -> list[str]:
    return [act.branch for act in stage.after if act.action == "drop"]


def _rest(acts: tuple[Act, ...], dropped: list[str]) -> str:
    routed = "".join(
        f", {_titles([act.branch])} forced to {' + '.join(str(expert + 1) for expert in act.experts)}"
        for act in acts
        if act.action == "force"
    )
    return f" without {_titles(dropped)}{routed}" if dropped else routed or ", merged"


def _titles(names: list[str]) -> str:
    return ", ".join(TITLES.get(name, name) for name in names)
