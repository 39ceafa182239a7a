"""A recipe as the studio writes it: what each stage attaches, trains, and does at its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from medcare_train.faults import RecipeInvalid
from medcare_train.plan.values import WRONG, listed, number, one_of, text, whole

PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
INTO_WEIGHTS = "into-weights"
BESIDE_WEIGHTS = "beside-weights"
KINDS = ("knowledge", "alignment")
CHECKPOINTINGS = ("none", "feed-forward", "block")
MOST_RANK = 256
MOST_ROWS = 65536
MOST_RECORDS = 100_000
MOST_STEPS = 1_000_000


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
    try:
        if json.get("format") != "medcare-recipe" or json.get("version") != 1:
            raise _invalid("its format is not medcare-recipe 1")
        recipe = _recipe(json)
        if not recipe.stages:
            raise _invalid("it has no stage, so nothing is trained")
        branches_by_stage(recipe)
    except WRONG as error:
        raise _invalid(f"{type(error).__name__}: {error}") from error
    return recipe


def _invalid(why: str) -> RecipeInvalid:
    return RecipeInvalid(f"The recipe cannot be followed: {why}.", "Make the bundle again in the studio.")


def _recipe(json: dict[str, Any]) -> Recipe:
    batch, validation = json["batch"], json["validation"]
    return Recipe(
        name=text(json["name"]),
        seed=whole(json["seed"], most=2**32 - 1),
        alpha=number(json["alpha"], least=0),
        scaling_rank=whole(json["scalingRank"], 1, MOST_RANK),
        scaling=one_of(json["scaling"], ("alpha/r", "alpha/rank")),
        initialisation=one_of(json["initialisation"], ("uniform", "gaussian")),
        stages=tuple(_stage(stage) for stage in listed(json["stages"])),
        optimizer=_optimizer(json["optimizer"]),
        batch=Batch(
            records=whole(batch["records"], 1, MOST_ROWS),
            micro_batch_tokens=whole(batch["microBatchTokens"], 1, MOST_ROWS),
            max_length=whole(batch["maxLength"], 1, MOST_ROWS),
        ),
        checkpointing=one_of(json["checkpointing"], CHECKPOINTINGS),
        validation=Validation(
            fraction=number(validation["fraction"], 0, 1),
            max_records=whole(validation["maxRecords"], most=MOST_RECORDS),
            min_records=whole(validation.get("minRecords", 0), most=MOST_RECORDS),
            every_steps=whole(validation["everySteps"], most=MOST_STEPS),
        ),
        checkpoint_every=whole(json["checkpointEverySteps"], 1, MOST_STEPS),
        json=json,
    )


def _optimizer(json: dict[str, Any]) -> Optimizer:
    return Optimizer(
        learning_rate=number(json["learningRate"], least=0),
        beta1=number(json["beta1"], 0, 1),
        beta2=number(json["beta2"], 0, 1),
        epsilon=number(json["epsilon"], least=0),
        weight_decay=number(json["weightDecay"], least=0),
        clip_norm=number(json["clipNorm"], least=0),
        warmup_ratio=number(json["warmupRatio"], 0, 1),
        schedule=one_of(json["schedule"], ("cosine", "constant")),
        moments=one_of(json.get("moments", "float32"), ("float32", "8-bit")),
    )


def _stage(json: dict[str, Any]) -> Stage:
    orthogonal = json["orthogonal"]
    return Stage(
        name=text(json["name"]),
        data=StageData(
            kinds=tuple(one_of(kind, KINDS) for kind in listed(json["data"]["kinds"])),
            fraction=number(json["data"]["fraction"], 0, 1),
        ),
        epochs=whole(json["epochs"], 1, MOST_STEPS),
        attach=tuple(_branch(branch) for branch in listed(json["attach"])),
        train=tuple(text(name) for name in listed(json["train"])),
        dropout={name: number(rate, 0, 1) for name, rate in json["dropout"].items()},
        orthogonal=orthogonal and _orthogonal(orthogonal),
        after=tuple(_act(act) for act in listed(json["after"])),
    )


def _orthogonal(json: dict[str, Any]) -> Orthogonal:
    one, other = listed(json["between"])
    return Orthogonal((text(one), text(other)), number(json["weight"], least=0))


def _act(json: dict[str, Any]) -> Act:
    experts = tuple(whole(expert) for expert in listed(json.get("experts", [])))
    return Act(one_of(json["action"], ("drop", "merge", "force")), text(json["branch"]), experts)


def _branch(json: dict[str, Any]) -> Branch:
    mixture = one_of(json["type"], ("lora", "mixture")) == "mixture"
    experts = whole(json["experts"], 1, MOST_RANK) if mixture else 0
    return Branch(
        name=text(json["name"]),
        type=json["type"],
        targets=tuple(one_of(target, PROJECTIONS) for target in listed(json["targets"])),
        rank=whole(json["rank"], 1, MOST_RANK),
        experts=experts,
        active=whole(json["active"], 1, experts) if mixture else 0,
        router_bias=bool(mixture and json["routerBias"]),
        renormalise=bool(mixture and json["renormalise"]),
        forced=tuple(whole(expert, most=experts - 1) for expert in listed(json.get("forced", []))),
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
