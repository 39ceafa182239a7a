"""The loss that keeps knowledge and alignment apart: Σ|A_k A_dᵀ| over every linear that has both (eq. 10–12)."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from medcare_train.compute.branches import Branches


def orthogonal_loss(attached: Sequence[Branches], between: tuple[str, str]) -> torch.Tensor | None:
    """The sum, unweighted; None where no linear has both branches. Its gradient goes to both; sign(0) = 0."""
    pairs = [[branches.rows_of(name) for name in between] for branches in attached]
    sums = [(one @ other.T).abs().sum() for one, other in pairs if one is not None and other is not None]
    return torch.stack(sums).sum() if sums else None
