"""A base that stays in its few bits computes the same run, step by step, as one that is kept in float32."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from bundles import TINY, make_bundle
from places import events

from medcare_train.cli import main
from medcare_train.compute.packed import Packed
from medcare_train.compute.rounding import Precision, as_kept
from medcare_train.files.archive import read_archive

CPU = torch.device("cpu")


@pytest.mark.parametrize(("precision", "bits"), [("8-bit", 8.5), ("4-bit", 4.5), ("16-bit", 16)])
def test_values_and_gradients_are_those_of_the_matrix(precision: Precision, bits: float) -> None:
    torch.manual_seed(3)
    values = as_kept(torch.randn(24, 96), precision)
    packed = Packed.of(values, precision, CPU)
    assert packed and packed.bytes == values.numel() * bits / 8
    assert torch.equal(packed.values(torch.float32), values)
    one, other = (torch.randn(5, 96, generator=torch.manual_seed(4)).requires_grad_() for _ in range(2))
    bias = torch.randn(24)
    due, found = torch.nn.functional.linear(one, values, bias), packed.product(other, bias)
    assert torch.equal(found, due)
    due.square().sum().backward()
    found.square().sum().backward()
    assert torch.equal(one.grad, other.grad)


def test_a_matrix_that_would_lose_a_digit_is_not_packed() -> None:
    values = torch.randn(4, 64)
    assert Packed.of(values, "float32", CPU) is None
    assert Packed.of(values, "8-bit", CPU) is None
    zeros = Packed.of(torch.zeros(2, 64), "4-bit", CPU)
    assert zeros and not zeros.values(torch.float32).any()


@pytest.mark.parametrize("precision", ["16-bit", "8-bit", "4-bit"])
def test_a_packed_base_trains_the_same_run(tmp_path: Path, precision: str) -> None:
    """As all models above 50 million parameters train: few bits, merged branches beside them, 8-bit moments."""
    bundle = make_bundle(
        tmp_path / "bundle",
        lambda recipe: recipe["optimizer"].update(moments="8-bit"),
        merging="beside-weights",
        precision=precision,
    )
    runs = []
    for flags in ([], ["--packed"]):
        out = tmp_path / f"{len(flags)}.zip"
        assert main([str(bundle), "--model", str(TINY), "--out", str(out), "--device", "cpu", *flags]) == 0
        runs.append(read_archive(out))
    assert [step["metrics"]["nll"] for step in runs[0].steps] == [step["metrics"]["nll"] for step in runs[1].steps]
    assert runs[0].stages == runs[1].stages
    assert runs[0].validation == runs[1].validation


def test_a_packed_base_is_not_sharded(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = [str(bundle), "--model", str(TINY), "--out", str(tmp_path / "run.zip"), "--packed", "--shard", "--json"]
    assert main(line) == 2
    (fault,) = events(capsys.readouterr().out)
    assert fault["code"] == "packed-sharded"
