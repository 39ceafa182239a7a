"""Where each branch lies in the arena, as the studio lays it out (src/engine/branches/layout.ts).

One flat float32 array holds everything that is trained; checkpoints are this array as it is.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from medcare_train.faults import BranchesDiffer
from medcare_train.plan.recipe import Branch

GROUPS = (("q", "k", "v"), ("o",), ("gate", "up"), ("down",))
"""Projections that read the same input."""
MODULES = {
    projection: f"{'self_attn' if projection in 'qkvo' else 'mlp'}.{projection}_proj"
    for group in GROUPS
    for projection in group
}
ALIGNMENT = 64
"""Ranges begin at multiples of 256 bytes."""


@dataclass(frozen=True)
class Shape:
    """What decides a layout: the number of layers, and (outputs, inputs) of each projection."""

    layers: int
    projections: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class PlainColumns:
    """A LoRA's rank columns within the block of its linear."""

    branch: Branch
    first: int


@dataclass
class LinearBlock:
    """The branches of one linear.

    Its rows of A hold the LoRAs, then the experts of the mixture, then the router; `a`, `b` and `bias` are offsets
    of A [columns, inputs], B [outputs, rank_columns] and the router's bias [experts] in the arena.
    """

    layer: int
    projection: str
    inputs: int
    outputs: int
    plain: list[PlainColumns]
    mixture: Branch | None
    first_column: int
    plain_columns: int
    rank_columns: int
    columns: int
    dropout: float
    a: int = 0
    b: int = 0
    bias: int | None = None

    @property
    def name(self) -> str:
        """As parameters are named: `layers.0.mlp.up_proj`."""
        return f"layers.{self.layer}.{MODULES[self.projection]}"


@dataclass(frozen=True)
class Slot:
    """The place of one named parameter: rows of `shape` at a distance of `stride` from one another."""

    name: str
    branch: Branch
    shape: tuple[int, ...]
    offset: int
    stride: int
    inputs: int

    @property
    def rows(self) -> int:
        """Rows of the parameter; a bias is one row."""
        return 1 if len(self.shape) == 1 else self.shape[0]

    @property
    def columns(self) -> int:
        """Values of a row."""
        return self.shape[-1]


@dataclass(frozen=True)
class RouterUnit:
    """Neighbouring linears whose routing is counted in one array."""

    layer: int
    projections: tuple[str, ...]
    experts: int
    active: int


@dataclass
class Layout:
    """The places of everything that a stage has beside the base."""

    linears: list[LinearBlock] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    units: list[RouterUnit] = field(default_factory=list)
    elements: int = 0

    def reserve(self, count: int) -> int:
        """The next range of the arena."""
        start = self.elements
        self.elements = math.ceil((start + count) / ALIGNMENT) * ALIGNMENT
        return start


def lay_out(shape: Shape, branches: Sequence[Branch]) -> Layout:
    """Lays out the branches on every layer of a model."""
    layout = Layout()
    for layer in range(shape.layers):
        for group in GROUPS:
            _lay_out_group(layout, shape, branches, layer, group)
    layout.elements = max(layout.elements, ALIGNMENT)
    return layout


def _lay_out_group(
    layout: Layout, shape: Shape, branches: Sequence[Branch], layer: int, group: tuple[str, ...]
) -> None:
    linears: list[LinearBlock] = []
    for projection in group:
        here = [branch for branch in branches if projection in branch.targets]
        if here:
            first = sum(linear.columns for linear in linears)
            linears.append(_block(shape, here, layer, projection, first))
    if not linears:
        return
    inputs = linears[0].inputs
    start = layout.reserve(sum(linear.columns for linear in linears) * inputs)
    for linear in linears:
        linear.a = start + linear.first_column * inputs
        linear.b = layout.reserve(linear.outputs * linear.rank_columns)
    for unit in _router_units(linears):
        _place_routers(layout, unit)
    layout.linears += linears
    for linear in linears:
        layout.slots += _slots(linear)


def _block(shape: Shape, here: Sequence[Branch], layer: int, projection: str, first_column: int) -> LinearBlock:
    plain: list[PlainColumns] = []
    columns = 0
    for branch in here:
        if branch.type != "mixture":
            plain.append(PlainColumns(branch, columns))
            columns += branch.rank
    mixture = next((branch for branch in here if branch.type == "mixture"), None)
    ranks = columns + (mixture.experts * mixture.rank if mixture else 0)
    outputs, inputs = shape.projections[projection]
    return LinearBlock(
        layer=layer,
        projection=projection,
        inputs=inputs,
        outputs=outputs,
        plain=plain,
        mixture=mixture,
        first_column=first_column,
        plain_columns=columns,
        rank_columns=ranks,
        columns=ranks + (mixture.experts if mixture else 0),
        dropout=here[0].dropout,
    )


def _router_units(linears: Sequence[LinearBlock]) -> list[list[LinearBlock]]:
    """Runs of neighbours with one mixture at the same place."""
    units: list[list[LinearBlock]] = []
    for linear in linears:
        last = units[-1][-1] if units else None
        if last and last.mixture is linear.mixture and last.plain_columns == linear.plain_columns:
            units[-1].append(linear)
        else:
            units.append([linear])
    return units


def _place_routers(layout: Layout, unit: list[LinearBlock]) -> None:
    mixture = unit[0].mixture
    if mixture is None:
        return
    projections = tuple(linear.projection for linear in unit)
    layout.units.append(RouterUnit(unit[0].layer, projections, mixture.experts, mixture.active))
    if mixture.router_bias:
        start = layout.reserve(len(unit) * mixture.experts)
        for index, linear in enumerate(unit):
            linear.bias = start + index * mixture.experts


def _slots(linear: LinearBlock) -> Iterable[Slot]:
    def pair(name: str, branch: Branch, column: int) -> Iterable[Slot]:
        at = linear.a + column * linear.inputs
        yield Slot(f"{name}.A", branch, (branch.rank, linear.inputs), at, linear.inputs, linear.inputs)
        shape = (linear.outputs, branch.rank)
        yield Slot(f"{name}.B", branch, shape, linear.b + column, linear.rank_columns, linear.inputs)

    for columns in linear.plain:
        yield from pair(f"{linear.name}.{columns.branch.name}", columns.branch, columns.first)
    mixture = linear.mixture
    if mixture is None:
        return
    name = f"{linear.name}.{mixture.name}"
    for expert in range(mixture.experts):
        column = linear.plain_columns + expert * mixture.rank
        yield from pair(f"{name}.experts.{expert}", mixture, column)
    shape = (mixture.experts, linear.inputs)
    router = linear.a + linear.rank_columns * linear.inputs
    yield Slot(f"{name}.router.weight", mixture, shape, router, linear.inputs, linear.inputs)
    if linear.bias is not None:
        bias = (mixture.experts,)
        yield Slot(f"{name}.router.bias", mixture, bias, linear.bias, mixture.experts, linear.inputs)


def unpack(layout: Layout, arena: Sequence[float] | memoryview) -> dict[str, array[float]]:
    """Takes the named parameters out of an arena's values."""
    named: dict[str, array[float]] = {}
    for slot in layout.slots:
        values = array("f")
        for row in range(slot.rows):
            start = slot.offset + row * slot.stride
            values.extend(arena[start : start + slot.columns])
        named[slot.name] = values
    return named


def pack(layout: Layout, named: Mapping[str, Sequence[float]]) -> array[float]:
    """Puts named parameters in their places; the rest of the arena is zero."""
    arena = array("f", bytes(4 * layout.elements))
    for slot in layout.slots:
        values = named.get(slot.name)
        if values is None or len(values) != slot.rows * slot.columns:
            found = "is missing" if values is None else f"has {len(values)} values"
            raise branches_differ(f"{slot.name} {found}")
        for row in range(slot.rows):
            start = slot.offset + row * slot.stride
            part = values[row * slot.columns : (row + 1) * slot.columns]
            arena[start : start + slot.columns] = array("f", part)
    return arena


def branches_differ(what: str) -> BranchesDiffer:
    """The fault of stored branches that do not fit the recipe."""
    return BranchesDiffer(
        f"The stored branches do not fit the recipe and the model: {what}.",
        "Export the bundle or the archive again.",
    )
