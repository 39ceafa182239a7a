"""Writes the merged model of a run: a plain Hugging Face folder with the base's names, as large and as fast as it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from medcare_train.compute.base_folder import PREFIXES, BaseFolder
from medcare_train.compute.buffers import bytes_of
from medcare_train.compute.decoder import FUSED
from medcare_train.compute.model_state import Merge
from medcare_train.faults import FileFailed
from medcare_train.files.safetensors import write_safetensors
from medcare_train.plan.layout import MODULES

DTYPES = {torch.float32: "F32", torch.bfloat16: "BF16"}
BESIDE = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
)


def export_merged(base: BaseFolder, merges: Sequence[Merge], folder: Path, dtype: torch.dtype) -> None:
    """Writes the folder, the weights first; a tensor is in memory only while it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileFailed(f"{folder} is not empty.", "Name another folder with --out.")
    shapes = base.shapes()
    declared = {name: (DTYPES[dtype], shape) for name, shape in shapes.items()}

    def provide(name: str) -> bytes:
        return bytes_of(merged_tensor(base, merges, name).to(dtype))

    weights = folder / "model.safetensors"
    try:
        write_safetensors(weights, declared, provide, {"format": "pt"})
    except BaseException:
        weights.unlink(missing_ok=True)  # half a model looks like a whole one
        raise
    for name in BESIDE:
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, folder / name)


def merged_tensor(base: BaseFolder, merges: Sequence[Merge], name: str) -> torch.Tensor:
    """A tensor of the base with W' = W + scale · B A of every merged branch (eq. 13); as stored where there is none."""
    layer, parts = _merged_parts(base, name)
    targets = {projection for merge in merges for projection in merge.branch.targets}
    if not targets.intersection(parts):
        # Embedding and head are the largest by far, and nothing is added to them.
        return base.stored(name)
    value = base.tensor(name)
    sizes = [base.config.shape.projections[projection][0] for projection in parts]
    for projection, rows in zip(parts, value.split(sizes)):
        for merge in merges:
            if projection in merge.branch.targets:
                branch = f"layers.{layer}.{MODULES[projection]}.{merge.branch.name}"
                rows += merge.branch.scale * (merge.named[f"{branch}.B"] @ merge.named[f"{branch}.A"])
    return value


def _merged_parts(base: BaseFolder, name: str) -> tuple[str, Sequence[str]]:
    """The layer of a tensor and the projections that lie in it; none where no branch can be merged into it."""
    prefix, _, rest = name.partition("layers.")
    layer, _, module = rest.partition(".")
    if prefix not in PREFIXES or not module.endswith(".weight"):
        return layer, ()
    module = module.removesuffix(".weight")
    if base.config.architecture.fused and module in FUSED:
        return layer, FUSED[module]
    return layer, tuple(p for p, own in MODULES.items() if own == module)
