"""Planted canaries are there to be trained on: a bundle keeps none of them for validation."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundles import COUNTS, TINY, edit_manifest, fresh_archive, make_bundle, small_recipe

from medcare_train.compute.base_folder import BaseFolder
from medcare_train.faults import SplitDiffers
from medcare_train.files.bundle import open_bundle
from medcare_train.plan.order import validation_rows
from medcare_train.plan.recipe import parse_recipe
from medcare_train.run_records import RunRecords


def test_no_canary_is_kept_for_validation(tmp_path: Path) -> None:
    archive = fresh_archive(small_recipe(), ["first task", "canaries"])
    archive.data_sets[1]["canaries"] = {"seed": 7, "times": [0, 4]}
    folder = make_bundle(tmp_path, archive=archive)
    bundle = open_bundle(folder)
    config = BaseFolder(TINY, "float32").config
    # The split of another trainer, which would keep some of them.
    with pytest.raises(SplitDiffers):
        RunRecords(bundle, bundle.open_records(), config)
    split = validation_rows([COUNTS[0], 0], parse_recipe(archive.run["recipe"]))
    edit_manifest(folder, lambda manifest: manifest.update(split=split))
    bundle = open_bundle(folder)
    records = RunRecords(bundle, bundle.open_records(), config)
    assert {place.data_set for place, _ in records.validation} == {0}
    assert sum(1 for index in range(len(records.training)) if records.training[index].data_set == 1) == COUNTS[1]
