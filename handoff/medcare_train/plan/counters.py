"""Random words from counters, bit for bit as the studio draws them (src/engine/kernels/random-words.ts).

Every draw is a function of seed, step, stream and element alone, so that any number of processes sees the same.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable

MASK = 0xFFFFFFFF
TWO_32 = 4294967296.0

MICRO_BATCH = 2654435769
"""Distance between the dropout streams of two micro-batches."""


def random_word(seed: int, step: int, stream: int, element: int) -> int:
    """pcg4d of four unsigned 32-bit counters."""
    x, y, z, w = ((value * 1664525 + 1013904223) & MASK for value in (seed, step, stream, element))
    x, y, z, w = _mixed(x, y, z, w)
    x, y, z, w = (value ^ (value >> 16) for value in (x, y, z, w))
    return _mixed(x, y, z, w)[3]


def _mixed(x: int, y: int, z: int, w: int) -> tuple[int, int, int, int]:
    x = (x + y * w) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    w = (w + y * z) & MASK
    return x, y, z, w


Targets = Callable[[int, int, int, int], Iterable[int]]
"""What gives the places that Fisher-Yates exchanges, from the last one down: of count, seed, step and stream."""


def swap_targets(count: int, seed: int, step: int, stream: int) -> Iterable[int]:
    """For each place from the last to the second, the one that it is exchanged with."""
    return (int(random_word(seed, step, stream, i) / TWO_32 * (i + 1)) for i in range(count - 1, 0, -1))


def shuffled(count: int, seed: int, step: int, stream: int, targets: Targets = swap_targets) -> array[int]:
    """Fisher-Yates over 0 … count − 1, four bytes each."""
    order = array("I", range(count))
    i = count - 1
    for j in targets(count, seed, step, stream):
        order[i], order[j] = order[j], order[i]
        i -= 1
    return order


def name_hash(name: str) -> int:
    """32-bit FNV-1a: the stream of a parameter's initial values."""
    value = 0x811C9DC5
    for character in name:
        value = ((value ^ ord(character)) * 0x01000193) & MASK
    return value


def stage_seed(seed: int, stage: int) -> int:
    """The key of a stage's dropout masks."""
    return (seed ^ ((stage + 1) * 0x9E3779B1)) & MASK


def dropped(probability: float, draws: tuple[int, int, int, int], element: int) -> bool:
    """Whether dropout takes an element away; `draws` are seed, step, stream and micro-batch."""
    seed, step, stream, micro = draws
    word = random_word(seed, step, (stream + micro * MICRO_BATCH) & MASK, element)
    return word < math.floor(probability * TWO_32)


def initial_value(name: str, inputs: int, seed: int, initialisation: str, element: int) -> float:
    """A and router uniform in ±1/√inputs, or A normal with that deviation; B zero. A function of seed and name."""
    if name.endswith(".B"):
        return 0.0
    bound, stream = 1 / math.sqrt(inputs), name_hash(name)
    first = (random_word(seed, 0, stream, 2 * element) + 0.5) / TWO_32
    if initialisation == "gaussian" and name.endswith(".A"):
        second = (random_word(seed, 0, stream, 2 * element + 1) + 0.5) / TWO_32
        return bound * math.sqrt(-2 * math.log(first)) * math.cos(2 * math.pi * second)
    return bound * (2 * first - 1)


def rounded(value: float) -> int:
    """Rounding as JavaScript does it: halves go up."""
    return math.floor(value + 0.5)
