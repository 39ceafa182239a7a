"""The order of records is the studio's: compared with the rows that its own run noted at every step."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
import torch
from places import EXAMPLE

from medcare_train.compute.random import AT_ONCE, dropout_mask, initial_values, random_words, swap_targets, unsigned
from medcare_train.faults import StageWithoutData
from medcare_train.files.archive import read_archive
from medcare_train.plan.counters import dropped, initial_value, name_hash, random_word, rounded, shuffled
from medcare_train.plan.layout import Shape, lay_out
from medcare_train.plan.order import DataOrder, Place, Places, validation_rows
from medcare_train.plan.packing import NO_TARGET, Record, pack
from medcare_train.plan.recipe import Branch, Recipe, parse_recipe
from medcare_train.plan.schedule import learning_rate
from medcare_train.plan.step_records import StepRecords


def example() -> tuple[Recipe, list[Place], list[dict[str, Any]]]:
    archive = read_archive(EXAMPLE)
    recipe = parse_recipe(archive.run["recipe"])
    kept = validation_rows([about["records"] for about in archive.data_sets], recipe)
    places = [
        Place(about["kind"], data_set, row)
        for data_set, about in enumerate(archive.data_sets)
        for row in range(about["records"])
        if row not in kept[data_set]
    ]
    return recipe, places, archive.steps


def test_every_step_of_the_worked_example_has_its_records_and_its_rate() -> None:
    recipe, places, steps = example()
    orders = [DataOrder(recipe, stage, places) for stage in range(2)]
    assert sum(order.steps for order in orders) == len(steps) == 81
    for step in steps:
        metrics = step["metrics"]
        order = orders[metrics["stage"]]
        rows = [part for index in order.step(metrics["step"]) for part in places[index][1:]]
        assert rows == list(step["rows"])
        rate = learning_rate(metrics["step"], order.steps, recipe.optimizer)
        # JavaScript's cosine may differ from C's in the last digit, which float32 does not have.
        assert rate == pytest.approx(metrics["learningRate"], rel=1e-14)


def test_words_of_tensors_are_the_words() -> None:
    draw = random.Random(1)
    for _ in range(200):
        seed, step, stream, element = (draw.getrandbits(32) for _ in range(4))
        at = torch.tensor([element], dtype=torch.int64).to(torch.int32)
        assert int(unsigned(random_words(seed, step, stream, at))) == random_word(seed, step, stream, element)


def test_a_mask_is_drawn_from_its_counters() -> None:
    mask = dropout_mask(torch.Size([7, 9]), 0.3, (5, 6, 34, 2), torch.device("cpu")).flatten()
    kept = float(torch.tensor(1 / 0.7))
    assert mask.tolist() == [0.0 if dropped(0.3, (5, 6, 34, 2), element) else kept for element in range(63)]


def test_a_shuffle_drawn_many_at_a_time_is_the_shuffle() -> None:
    for count in (0, 1, 2, 1000, AT_ONCE + 1, AT_ONCE + 2):
        assert shuffled(count, 42, 1, 7, swap_targets) == shuffled(count, 42, 1, 7)


@pytest.mark.parametrize("fraction", [1, 0.4])
def test_places_that_are_not_written_out_are_those_of_the_list(fraction: float) -> None:
    recipe, _, _ = example()
    stages = tuple(replace(stage, data=replace(stage.data, fraction=fraction)) for stage in recipe.stages)
    recipe = replace(recipe, stages=stages)
    kinds, counts = ("knowledge", "alignment", "knowledge", "alignment"), (150, 1, 0, 40)
    kept = validation_rows(counts, recipe)
    kept[0] = sorted({0, 1, 149, *kept[0]})
    places = Places(kinds, counts, kept)
    due = [
        Place(kind, data_set, row)
        for data_set, (kind, count) in enumerate(zip(kinds, counts))
        for row in range(count)
        if row not in kept[data_set]
    ]
    assert [places[index] for index in range(len(places))] == list(places) == due
    for stage in range(2):
        one, other = (DataOrder(recipe, stage, known) for known in (places, due))
        assert one.steps == other.steps
        assert [one.step(step) for step in range(one.steps)] == [other.step(step) for step in range(other.steps)]


@pytest.mark.parametrize("initialisation", ["uniform", "gaussian"])
def test_initial_values_are_drawn_from_their_name(initialisation: str) -> None:
    branch = Branch("na", "mixture", ("up",), 2, experts=3, active=2)
    layout = lay_out(Shape(1, {"up": (5, 7)}), [branch])
    for slot in layout.slots:
        values = initial_values(slot, 42, initialisation)
        due = [initial_value(slot.name, slot.inputs, 42, initialisation, i) for i in range(len(values))]
        assert torch.allclose(values, torch.tensor(due), rtol=1e-6, atol=0)


def test_shuffles_hashes_and_rounding_are_those_of_the_studio() -> None:
    assert sorted(shuffled(1000, 42, 5, 7)) == list(range(1000))
    assert name_hash("") == 0x811C9DC5
    assert [rounded(value) for value in (0.5, 1.5, 2.4999, 35.5)] == [1, 2, 2, 36]


def test_packing_keeps_records_apart_and_shifts_targets() -> None:
    records = [
        Record([1, 2, 3], [NO_TARGET, 2, 3], 0),
        Record([4] * 6, [4] * 6, 1),
        Record([5, 6], [NO_TARGET, 6], 2),
    ]
    first, second = pack(records, 6)
    assert (first.members, second.members) == ([0, 2], [1])
    assert list(first.ids) == [1, 2, 3, 5, 6]
    assert list(first.positions) == [0, 1, 2, 0, 1]
    assert (list(first.rows), list(first.wanted), first.targets) == ([0, 1, 3], [2, 3, 6], [2, 1])
    # The first token of a record is never predicted.
    assert (list(second.rows), list(second.wanted)) == ([0, 1, 2, 3, 4], [4] * 5)
    with pytest.raises(ValueError, match="exceeds"):
        pack(records, 5)


def test_the_next_record_that_teaches_takes_the_place_of_one_that_does_not() -> None:
    recipe, places, _ = example()
    order = DataOrder(recipe, 0, places)
    full = order.step(0)
    empty = {full[3], full[7], *order.following(0, 0, 1)}

    def length(index: int) -> int:
        return 0 if index in empty else 2

    taken = StepRecords(order, length, "one", False).take(0)
    others = order.following(0, 1, 2)
    assert taken == [*full[:3], others[0], *full[4:7], others[1], *full[8:]]
    gaps = StepRecords(order, length, "one", True).take(0)
    assert gaps == [index for index in full if index not in empty]
    with pytest.raises(StageWithoutData):
        StepRecords(order, lambda index: 0, "one", False).take(0)
