"""A recipe as the studio writes it: what each stage attaches, trains, and does at its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from medcare_train.faults import RecipeInvalid

PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
INTO_WEIGHTS = "into-weights"
BESIDE_WEIGHTS = "beside-weights"


@dataclass(frozen=True)
class Branch:
    """A low-rank branch of a stage: a LoRA, or a mixture of them with a router."""

    name: str
    type: str
    targets: tuple[str, ...]
    rank: int
    """Rank, of one expert where it is a mixture."""
    scale: float = 1.0
    trains: bool = True
    dropout: float = 0.0
    experts: int = 0
    active: int = 0
    router_bias: bool = False
    renormalise: bool = False
    forced: tuple[int, ...] = ()


@dataclass(frozen=True)
class StageData:
    """The records of a stage."""

    kinds: tuple[str, ...]
    fraction: float


@dataclass(frozen=True)
class Act:
    """What happens to a branch when a stage ends: `drop`, `merge` or `force`."""

    action: str
    branch: str
    experts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Orthogonal:
    """The loss that keeps two branches apart (eq. 10–12)."""

    between: tuple[str, str]
    weight: float


@dataclass(frozen=True)
class Stage:
    """One stage of a recipe."""

    name: str
    data: StageData
    epochs: int
    attach: tuple[Branch, ...]
    train: tuple[str, ...]
    dropout: dict[str, float]
    orthogonal: Orthogonal | None
    after: tuple[Act, ...]


@dataclass(frozen=True)
class Optimizer:
    """AdamW and its schedule."""

    learning_rate: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    clip_norm: float
    warmup_ratio: float
    schedule: str
    moments: str


@dataclass(frozen=True)
class Batch:
    """Records of a step, rows of a micro-batch, tokens that a record keeps."""

    records: int
    micro_batch_tokens: int
    max_length: int


@dataclass(frozen=True)
class Validation:
    """Records kept apart, and how often their loss is measured."""

    fraction: float
    max_records: int
    min_records: int
    every_steps: int


@dataclass(frozen=True)
class Recipe:
    """A run as data; `json` is the document that it was read from."""

    name: str
    seed: int
    alpha: float
    scaling_rank: int
    scaling: str
    initialisation: str
    stages: tuple[Stage, ...]
    optimizer: Optimizer
    batch: Batch
    checkpointing: str
    validation: Validation
    checkpoint_every: int
    json: dict[str, Any] = field(repr=False, compare=False)

    def scale(self, rank: int) -> float:
        """α/r for every branch, or α by its own rank (eq. 13)."""
        return self.alpha / (self.scaling_rank if self.scaling == "alpha/r" else rank)


def parse_recipe(json: dict[str, Any]) -> Recipe:
    """Reads a recipe that the studio has checked; says which field is missing or of an unknown version."""
    if json.get("format") != "medcare-recipe" or json.get("version") != 1:
        raise _invalid("its format is not medcare-recipe 1")
    try:
        recipe = _recipe(json)
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid(f"{type(error).__name__}: {error}") from error
    if not recipe.stages:
        raise _invalid("it has no stage, so nothing is trained")
    branches_by_stage(recipe)
    return recipe


def _invalid(why: str) -> RecipeInvalid:
    return RecipeInvalid(f"The recipe cannot be followed: {why}.", "Make the bundle again in the studio.")


def _recipe(json: dict[str, Any]) -> Recipe:
    optimizer, batch, validation = json["optimizer"], json["batch"], json["validation"]
    return Recipe(
        name=json["name"],
        seed=json["seed"],
        alpha=json["alpha"],
        scaling_rank=json["scalingRank"],
        scaling=json["scaling"],
        initialisation=json["initialisation"],
        stages=tuple(_stage(stage) for stage in json["stages"]),
        optimizer=Optimizer(
            learning_rate=optimizer["learningRate"],
            beta1=optimizer["beta1"],
            beta2=optimizer["beta2"],
            epsilon=optimizer["epsilon"],
            weight_decay=optimizer["weightDecay"],
            clip_norm=optimizer["clipNorm"],
            warmup_ratio=optimizer["warmupRatio"],
            schedule=optimizer["schedule"],
            moments=optimizer.get("moments", "float32"),
        ),
        batch=Batch(batch["records"], batch["microBatchTokens"], batch["maxLength"]),
        checkpointing=json["checkpointing"],
        validation=Validation(
            fraction=validation["fraction"],
            max_records=validation["maxRecords"],
            min_records=validation.get("minRecords", 0),
            every_steps=validation["everySteps"],
        ),
        checkpoint_every=json["checkpointEverySteps"],
        json=json,
    )


def _stage(json: dict[str, Any]) -> Stage:
    orthogonal = json["orthogonal"]
    return Stage(
        name=json["name"],
        data=StageData(tuple(json["data"]["kinds"]), json["data"]["fraction"]),
        epochs=json["epochs"],
        attach=tuple(_branch(branch) for branch in json["attach"]),
        train=tuple(json["train"]),
        dropout=dict(json["dropout"]),
        orthogonal=orthogonal and Orthogonal(tuple(orthogonal["between"]), orthogonal["weight"]),
        after=tuple(Act(act["action"], act["branch"], tuple(act.get("experts", ()))) for act in json["after"]),
    )


def _branch(json: dict[str, Any]) -> Branch:
    mixture = json["type"] == "mixture"
    if not mixture and json["type"] != "lora":
        raise ValueError(f"no branch is of the type {json['type']}")
    unknown = set(json["targets"]) - set(PROJECTIONS)
    if unknown:
        raise ValueError(f"no projection is called {sorted(unknown)[0]}")
    return Branch(
        name=json["name"],
        type=json["type"],
        targets=tuple(json["targets"]),
        rank=json["rank"],
        experts=json["experts"] if mixture else 0,
        active=json["active"] if mixture else 0,
        router_bias=bool(mixture and json["routerBias"]),
        renormalise=bool(mixture and json["renormalise"]),
        forced=tuple(json.get("forced", ())),
    )


def branches_by_stage(recipe: Recipe) -> list[list[Branch]]:
    """Branches in force during each stage."""
    current: list[Branch] = []
    during: list[list[Branch]] = []
    for stage in recipe.stages:
        current = [*current, *stage.attach]
        names = [branch.name for branch in current]
        if len(set(names)) != len(names):
            raise _invalid(f"the stage “{stage.name}” attaches a branch twice")
        wanted = {*stage.train, *(stage.orthogonal.between if stage.orthogonal else ())}
        absent = sorted(wanted - set(names))
        if absent:
            raise _invalid(f"the stage “{stage.name}” names {absent[0]}, which is not attached")
        during.append(current)
        current = after_acts(current, stage.after, gone=("drop", "merge"))
    return during


def after_acts(branches: list[Branch], acts: tuple[Act, ...], gone: tuple[str, ...]) -> list[Branch]:
    """The branches that stay, with forced routing where an act forces some experts."""
    leaving = {act.branch for act in acts if act.action in gone}
    forced = {act.branch: act.experts for act in acts if act.action == "force"}
    return [
        replace(branch, forced=forced[branch.name]) if branch.name in forced else branch
        for branch in branches
        if branch.name not in leaving
    ]


def stage_branches(recipe: Recipe, stage: int, merging: str = INTO_WEIGHTS) -> list[Branch]:
    """The branches that a stage lays out; beside the weights, those that earlier stages merged too."""
    description = recipe.stages[stage]
    own = [
        replace(
            branch,
            scale=recipe.scale(branch.rank),
            trains=branch.name in description.train,
            dropout=description.dropout.get(branch.name, 0.0),
        )
        for branch in branches_by_stage(recipe)[stage]
    ]
    if merging == INTO_WEIGHTS:
        return own
    return own + merged_branches(recipe, stage)


def merged_branches(recipe: Recipe, before: int) -> list[Branch]:
    """The branches that the stages before `before` merged, frozen and without dropout."""
    found: list[Branch] = []
    for stage, branches in zip(recipe.stages[:before], branches_by_stage(recipe)):
        merged = {act.branch for act in stage.after if act.action == "merge"}
        found += [
            replace(branch, scale=recipe.scale(branch.rank), trains=False, dropout=0.0)
            for branch in branches
            if branch.name in merged
        ]
    return found


def remaining_branches(recipe: Recipe, stage: int, merging: str = INTO_WEIGHTS) -> list[Branch]:
    """The branches that are still beside the weights once a stage has ended."""
    gone = ("drop", "merge") if merging == INTO_WEIGHTS else ("drop",)
    return after_acts(stage_branches(recipe, stage, merging), recipe.stages[stage].after, gone)
