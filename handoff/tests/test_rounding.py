"""Frozen matrices have the values that the studio keeps, which are those of llama.cpp's blocks."""

from __future__ import annotations

import pytest
import torch
from places import ROOT

from medcare_train.compute.golden_files import read_tensors
from medcare_train.compute.rounding import Precision, as_kept

PRECISIONS: list[tuple[str, Precision]] = [("Q8_0", "8-bit"), ("Q4_0", "4-bit")]


@pytest.mark.parametrize(("kind", "precision"), PRECISIONS)
def test_values_of_blocks_stay_what_they_are(kind: str, precision: Precision) -> None:
    """Rounded once more to the same blocks, what llama.cpp rounded does not move."""
    file = read_tensors(ROOT / f"test/fixtures/gguf/q256.{kind}.expected.safetensors")
    matrices = {name: value for name, value in file.items() if name.endswith("weight")}
    # The head has six bits in this file.
    for name in matrices.keys() - {"output.weight", "token_embd.weight"}:
        assert torch.equal(as_kept(matrices[name], precision), matrices[name]), name


@pytest.mark.parametrize(
    ("precision", "share"),
    [("stored", 0), ("float32", 0), ("16-bit", 2**-11), ("8-bit", 1 / 220), ("4-bit", 1 / 7.9)],
)
def test_the_error_of_a_precision_is_a_share_of_the_largest_value(precision: Precision, share: float) -> None:
    torch.manual_seed(1)
    stored = torch.randn(6, 96)
    kept = as_kept(stored, precision)
    largest = stored.abs().view(-1, 32).amax(1, keepdim=True)
    assert bool(((kept - stored).abs().view(-1, 32) <= share * largest).all())
    assert torch.equal(kept, stored) == (share == 0)


def test_a_coarse_file_is_never_rounded_twice() -> None:
    stored = torch.randn(4, 64).bfloat16()
    for precision in ("stored", "float32", "16-bit"):
        assert torch.equal(as_kept(stored, precision), stored.float())
    # Rows that do not divide into groups are kept in the next finer format.
    odd = torch.randn(4, 36)
    assert torch.equal(as_kept(odd, "8-bit"), odd.half().float())
    narrow = torch.randn(4, 2)
    assert torch.equal(as_kept(narrow, "4-bit"), narrow)
