"""Checks single values of JSON that may come from anywhere: kind and bounds, before anything is computed with them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NoReturn

MOST = 2**53
"""JSON of the studio has no larger whole number that is exact."""
WRONG = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading JSON ends with that is not as it must be; a file nested too deep is a RecursionError."""


def whole(value: Any, least: int = 0, most: int = MOST) -> int:
    """A whole number within bounds; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _refuse(value, f"a whole number from {least} to {most}")
    return value


def number(value: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(value, "a number")
    if not (math.isfinite(value) and least <= value <= most):
        _refuse(value, f"a number from {least} to {most}")
    return value


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        _refuse(value, "a text")
    return value


def one_of(value: Any, known: Iterable[str]) -> str:
    """One of some words."""
    names = tuple(known)
    if not isinstance(value, str) or value not in names:
        _refuse(value, f"one of {', '.join(names)}")
    return value


def listed(value: Any) -> list[Any]:
    """A list: a text would pass for a list of its letters."""
    if not isinstance(value, list):
        _refuse(value, "a list")
    return value


def _refuse(value: Any, due: str) -> NoReturn:
    shown = repr(value)
    raise ValueError(f"{shown if len(shown) <= 40 else shown[:40] + ' …'} is not {due}")
