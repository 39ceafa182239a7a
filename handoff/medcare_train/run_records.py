"""The records of a run: which train and which are kept for validation, each read when it is needed."""

from __future__ import annotations

from collections.abc import Sequence

from medcare_train.compute.config import ModelConfig
from medcare_train.compute.random import swap_targets
from medcare_train.faults import HandOffFault, RecordsInvalid, SplitDiffers, VocabularyDiffers
from medcare_train.files.bundle import Bundle
from medcare_train.files.records import Records
from medcare_train.plan.order import DataOrder, Place, Places, validation_rows
from medcare_train.plan.packing import LazyBatch, Record, target_count
from medcare_train.plan.step_records import StepRecords


class RunRecords:
    """All records of a run, in the order of its data sets."""

    def __init__(self, bundle: Bundle, files: Sequence[Records], config: ModelConfig) -> None:
        recipe = bundle.recipe
        _check_split(bundle, files)
        kinds = [str(about["kind"]) for about in bundle.archive.data_sets]
        batch = recipe.batch
        self._files, self._recipe, self._gaps = files, recipe, bundle.leaves_gaps
        self._tasks = len(bundle.archive.tasks)
        self._vocabulary = config.vocabulary
        self._longest = min(batch.max_length, config.context, batch.micro_batch_tokens)
        self.training = Places(kinds, list(map(len, files)), bundle.split)
        self.validation = [
            (place, record)
            for data_set, kind in enumerate(kinds)
            for place in (Place(kind, data_set, row) for row in bundle.split[data_set])
            if (record := self.read(place)) is not None and target_count(record) > 0
        ]

    def stage(self, stage: int) -> StepRecords:
        """The records of a stage, step by step."""
        order = DataOrder(self._recipe, stage, self.training, swap_targets)
        name = self._recipe.stages[stage].name
        return StepRecords(order, self._length, name, self._gaps)

    def batch(self, indices: Sequence[int]) -> LazyBatch:
        """The micro-batches of a step's records."""

        def read(at: int) -> Record:
            try:
                record = self.read(self.training[indices[at]])
            except HandOffFault as fault:
                fault.alone = True  # each process reads the records of its own micro-batches
                raise
            assert record is not None
            return record

        rows = self._recipe.batch.micro_batch_tokens
        return LazyBatch([self._length(index) for index in indices], rows, read)

    def read(self, place: Place) -> Record | None:
        """A record, checked; None where it teaches nothing."""
        record = self._files[place.data_set].read(place.row)
        if record is None:
            return None
        where = _where(place)
        self._check_length(place, len(record.ids))
        if record.task >= self._tasks:
            raise _invalid(f"{where} is of task {record.task + 1}; the run has {self._tasks}")
        if max(record.ids) >= self._vocabulary:
            raise VocabularyDiffers(
                f"{where} has the token {max(record.ids)}; the model knows {self._vocabulary} tokens.",
                "Name the folder of the run's base with --model.",
            )
        return record

    def _length(self, index: int) -> int:
        """Tokens of the record at an index, the same on every process; 0 where it teaches nothing."""
        place = self.training[index]
        length = self._files[place.data_set].length(place.row)
        self._check_length(place, length)
        return length

    def _check_length(self, place: Place, length: int) -> None:
        if length > self._longest:
            raise _invalid(f"{_where(place)} has {length} tokens; the recipe allows {self._longest}")


def _where(place: Place) -> str:
    return f"Record {place.row + 1} of data set {place.data_set + 1}"


def _check_split(bundle: Bundle, files: Sequence[Records]) -> None:
    for about, file in zip(bundle.records, files):
        if len(file) != about.records or file.tokens != about.tokens:
            raise _invalid(
                f"{about.file.path} holds {len(file)} records of {file.tokens} tokens; "
                f"the manifest says {about.records} of {about.tokens}"
            )
    # Planted canaries are there to be trained on: none of them is kept for validation.
    sets = zip(bundle.archive.data_sets, files)
    counts = [0 if about.get("canaries") else len(file) for about, file in sets]
    if validation_rows(counts, bundle.recipe, swap_targets) != bundle.split:
        raise SplitDiffers(
            "The records that the bundle keeps for validation are not those that seed and counts give.",
            "Install the medcare-train of the studio's version.",
        )


def _invalid(what: str) -> RecordsInvalid:
    return RecordsInvalid(f"{what}.", "Make the bundle again.")
