"""The learning rate at each optimiser step (src/engine/training/recipe/schedule.ts)."""

from __future__ import annotations

import math

from medcare_train.plan.recipe import Optimizer


def learning_rate(step: int, total: int, optimizer: Optimizer) -> float:
    """Linear from 0 over the warm-up, then half a cosine to 0, or flat; `step` counts from 0."""
    warmup = math.ceil(total * optimizer.warmup_ratio)
    if step < warmup:
        return optimizer.learning_rate * step / max(1, warmup)
    if optimizer.schedule == "constant":
        return optimizer.learning_rate
    progress = (step - warmup) / max(1, total - warmup)
    return optimizer.learning_rate * max(0.0, 0.5 * (1 + math.cos(math.pi * progress)))


def growth_due(done: int, total: int) -> bool:
    """Whether the growth of branches is measured after `done` steps of a stage (…/stage/growth-event.ts)."""
    return 0 < done < total and done % math.ceil(total / 9) == 0
