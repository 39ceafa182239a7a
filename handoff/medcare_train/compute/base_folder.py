"""The base model's folder: its files against the bundle's hashes, its tensors one at a time."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import torch

from medcare_train.compute.config import ModelConfig, read_config
from medcare_train.compute.rounding import Precision, as_kept
from medcare_train.faults import BaseDiffers, BaseMissing, BaseUnsupported, VocabularyDiffers
from medcare_train.files.bundle import BaseAbout
from medcare_train.files.hashes import seal_file
from medcare_train.files.safetensors import TensorFile

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64}
TOKENIZER = "tokenizer.json"
PREFIXES = ("model.", "language_model.model.", "model.language_model.")
"""Where tensors of the decoder are called, alone or in a model with pictures."""


class BaseFolder:
    """A Hugging Face folder with safetensors."""

    def __init__(self, folder: Path, precision: Precision = "float32") -> None:
        self.folder = folder
        self.config: ModelConfig = read_config(folder)
        self.precision: Precision = precision
        self._files = _tensor_files(folder)

    def has(self, name: str) -> bool:
        """Whether the folder has this tensor, named as in a model that only writes text."""
        return any(name in self._files for name in _spellings(name))

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every tensor of the folder, by the name that it is stored under."""
        return {name: file.tensors[name].shape for name, file in self._files.items()}

    def tensor(self, name: str) -> torch.Tensor:
        """A tensor in float32, with the values that the studio keeps of it at the run's precision."""
        stored = self.stored(name)
        return as_kept(stored, self.precision) if stored.dim() == 2 else stored.float().clone()

    def stored(self, name: str) -> torch.Tensor:
        """A tensor as its file has it, of which nothing is in memory before it is read; nobody may write to it."""
        found = next((spelt for spelt in [name, *_spellings(name)] if spelt in self._files), None)
        if found is None:
            raise BaseMissing(f"{self.folder} has no tensor {name}.", "Download the base again.")
        file = self._files[found]
        entry = file.tensors[found]
        dtype = DTYPES.get(entry.dtype)
        if dtype is None:
            raise BaseMissing(f"{name} is stored as {entry.dtype}.", "Download the base in f32, f16 or bf16.")
        with warnings.catch_warnings():  # the mapped file cannot be written to, and nobody does
            warnings.simplefilter("ignore", UserWarning)
            return torch.frombuffer(file.bytes(found), dtype=dtype).view(entry.shape)


def _spellings(name: str) -> list[str]:
    if not name.startswith("model."):
        return [name, f"language_model.{name}"]
    return [prefix + name.removeprefix("model.") for prefix in PREFIXES]


def _tensor_files(folder: Path) -> dict[str, TensorFile]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    else:
        names = sorted(path.name for path in folder.glob("*.safetensors"))
    if not names:
        raise BaseMissing(
            f"{folder} has no safetensors file.",
            "Name the Hugging Face folder of the base; a GGUF file cannot be trained here.",
        )
    found: dict[str, TensorFile] = {}
    for name in names:
        if not (folder / name).is_file():
            raise BaseMissing(f"{folder} lacks {name}, which its index names.", "Download the base again.")
        file = TensorFile(folder / name)
        found |= dict.fromkeys(file.tensors, file)
    return found


def check_base(folder: Path, base: BaseAbout, config: ModelConfig) -> None:
    """Compares the base's files with those that the run began with, its vocabulary first."""
    due = {file.path: file.seal for file in base.files}
    _refuse_gguf(base)
    tokenizer = folder / TOKENIZER
    same_tokens = TOKENIZER not in due or not tokenizer.is_file() or seal_file(tokenizer) == due[TOKENIZER]
    if config.vocabulary != base.vocabulary or not same_tokens:
        raise VocabularyDiffers(
            f"The model in {folder} has another vocabulary ({config.vocabulary} tokens) than the one that the "
            f"records were tokenised with ({base.vocabulary} tokens of {base.name}).",
            f"Name the folder of {_named(base)} with --model.",
        )
    for name, seal in due.items():
        path = folder / name
        if name == TOKENIZER or name.startswith(("tokenizer", "chat_template")):
            continue  # the trainer never tokenises
        if not path.is_file():
            raise BaseMissing(f"{folder} lacks {name} of the base.", f"Download {_named(base)}.")
        if path.stat().st_size != seal.bytes or seal_file(path) != seal:
            raise BaseDiffers(
                f"{name} in {folder} is not the file that the run began with: its hash is another.",
                f"Download {_named(base)}.",
            )


def _refuse_gguf(base: BaseAbout) -> None:
    if any(file.path.endswith(".gguf") for file in base.files):
        raise BaseUnsupported(
            f"The run's base, {base.name}, is a GGUF file, and its blocks are not read here.",
            "Open the Hugging Face folder of the same model in the studio, choose 4 or 8 bits there if you like, and "
            "hand off a run on that.",
        )


def _named(base: BaseAbout) -> str:
    return base.hub.replace("@", " at commit ") if base.hub else base.name
