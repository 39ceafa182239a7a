"""`python -m medcare_train.ray_launcher WORKERS BUNDLE --model FOLDER --out run.zip …`: the same run under Ray Train.

Paths have to be absolute and lie where every node sees them. Ray starts the processes and joins them; everything else
is `medcare-train`.
"""

from __future__ import annotations

import sys

from ray.train import ScalingConfig, get_context
from ray.train.torch import TorchTrainer

from medcare_train.cli import main


def work(config: dict[str, list[str]]) -> None:
    """What each worker does."""
    status = main(config["arguments"])
    if status:
        raise SystemExit(f"medcare-train ended with {status} on process {get_context().get_world_rank()}")


if __name__ == "__main__":
    workers, *arguments = sys.argv[1:]
    scaling = ScalingConfig(num_workers=int(workers), use_gpu="cpu" not in arguments)
    TorchTrainer(work, train_loop_config={"arguments": arguments}, scaling_config=scaling).fit()
