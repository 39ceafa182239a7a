"""JSON as archives write it: JSON has no NaN or Infinity, and they are written as words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

FIGURES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def text_of(value: object, indent: int | None = None) -> bytes:
    """A value as text."""
    separators = (",", ":") if indent is None else None
    written = json.dumps(_written(value), ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return written.encode()


def _written(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: _written(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(part) for part in value]
    return value


def figures_of(value: Any) -> Any:
    """The numbers that were written as words."""
    if isinstance(value, str):
        return FIGURES.get(value, value)
    if isinstance(value, dict):
        return {key: part if key == "task" else figures_of(part) for key, part in value.items()}
    if isinstance(value, list):
        return [figures_of(part) for part in value]
    return value
