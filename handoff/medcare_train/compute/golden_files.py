"""What a golden case says and holds (test/fixtures/golden/README.md): its recipe, its tensors, its rows as records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from medcare_train.compute.base_folder import DTYPES
from medcare_train.compute.buffers import tensor_of
from medcare_train.files.safetensors import TensorFile
from medcare_train.plan.packing import Record
from medcare_train.plan.recipe import KINDS, MOST_ROWS, PROJECTIONS, Recipe, parse_recipe

Json = dict[str, Any]
Tensors = dict[str, torch.Tensor]


def golden_recipe(case: Json) -> Recipe:
    """The recipe of a case: the paper's stages in the sizes that it states."""
    about, optimizer = case["recipe"], dict(case["optimizer"])
    optimizer.pop("accumulate")
    attention, feed_forward = PROJECTIONS[:4], PROJECTIONS[4:]
    shared = about["rank"] * about["sharedExperts"]

    def lora(name: str, targets: tuple[str, ...], rank: int) -> Json:
        return {"name": name, "type": "lora", "targets": list(targets), "rank": rank}

    def stage(name: str, attach: list[Json], train: list[str], orthogonal: Json | None, after: Json) -> Json:
        acts = [{"action": action, "branch": branch} for branch, action in after.items()]
        data = {"kinds": list(KINDS), "fraction": 1}
        return {
            **{"name": name, "data": data, "epochs": 1, "attach": attach, "train": train},
            **{"dropout": {}, "orthogonal": orthogonal, "after": acts},
        }

    aggregator = {
        **{"name": "na", "type": "mixture", "targets": list(feed_forward), "rank": about["rank"]},
        **{"experts": about["experts"], "active": about["activeExperts"]},
        **{"routerBias": about["routerBias"], "renormalise": about["renormaliseTopK"]},
    }
    first = [lora("lora", attention, about["rank"]), lora("ka", feed_forward, shared), aggregator]
    pair = {"between": ["ka", "align"], "weight": about["orthogonalWeight"]}
    return parse_recipe(
        {
            **{"format": "medcare-recipe", "version": 1, "name": "golden", "seed": 0},
            **{"alpha": about["alpha"], "scalingRank": about["rank"], "scaling": about["scaling"]},
            **{"initialisation": "uniform", "optimizer": optimizer, "checkpointing": "none"},
            "stages": [
                stage("mka", first, ["lora", "ka", "na"], None, {"na": "drop", "lora": "merge"}),
                stage(
                    "da",
                    [lora("align", feed_forward, shared)],
                    ["ka", "align"],
                    pair,
                    {"ka": "merge", "align": "merge"},
                ),
            ],
            "batch": {"records": 1, "microBatchTokens": MOST_ROWS, "maxLength": MOST_ROWS},
            "validation": {"fraction": 0, "maxRecords": 0, "everySteps": 0},
            "checkpointEverySteps": 1,
        }
    )


def read_tensors(path: Path) -> Tensors:
    """All tensors of a file; integers as int64."""
    file = TensorFile(path)
    dtypes = {**DTYPES, "I32": torch.int32, "I64": torch.int64}
    found = {}
    for name, entry in file.tensors.items():
        value = tensor_of(file.bytes(name), dtypes[entry.dtype]).view(entry.shape)
        found[name] = value.float() if value.is_floating_point() else value.long()
    return found


def rows_as_records(ids: torch.Tensor, labels: torch.Tensor) -> list[Record]:
    """Rows of a batch [B, T] as records of T tokens, padding kept: it comes last and nothing sees it."""
    return [Record(row, label, 0) for row, label in zip(ids.tolist(), labels.tolist())]
