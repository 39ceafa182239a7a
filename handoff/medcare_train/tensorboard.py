"""A log of a run for TensorBoard, where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medcare_train.faults import TensorBoardMissing

Json = dict[str, Any]
TAGS = {"nll": "loss", "orthogonal": "orthogonal", "learningRate": "rate", "gradientNorm": "gradient norm"}


class TensorBoard:
    """Writes the figures of steps and the losses on validation records, on the first process."""

    def __init__(self, folder: Path, archive_validation: list[Json]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise TensorBoardMissing(
                "The log for TensorBoard cannot be written: the package tensorboard is not installed here.",
                "Install it (pip install tensorboard), or leave --tensorboard out; curves are in the archive anyway.",
            ) from error
        self._writer = SummaryWriter(str(folder))
        self._measured = len(archive_validation)

    def step(self, metrics: Json, validation: list[Json], before: int) -> None:
        """Notes a step, and losses measured since the last; `before` counts the steps of earlier stages."""
        at, stage = before + metrics["step"] + 1, metrics["stage"] + 1
        for name, tag in TAGS.items():
            if metrics[name] is not None:
                self._writer.add_scalar(f"stage {stage}/{tag}", metrics[name], at)
        for point in validation[self._measured :]:
            for kind in ("knowledge", "alignment"):
                if point[kind] is not None:
                    self._writer.add_scalar(f"validation/{kind}", point[kind], at)
        self._measured = len(validation)

    def close(self) -> None:
        """Writes what is left."""
        self._writer.close()
