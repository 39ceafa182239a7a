"""The processes of a run, as torchrun or `accelerate launch` started them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist

from medcare_train.faults import DeviceMissing, TooFewProcesses, TooManyProcesses


@dataclass(frozen=True)
class Processes:
    """This process among all of them. Sums over processes are sums over the global batch: nothing is averaged."""

    rank: int
    count: int
    local_rank: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        """Adds a tensor over all processes, in place."""
        if self.count > 1:
            dist.all_reduce(tensor)
        return tensor

    def wait(self) -> None:
        """Until every process is here."""
        if self.count > 1:
            dist.barrier()


def open_processes(device: str | None = None) -> Processes:
    """Joins the other processes, where a launcher started more than one."""
    rank, count, local = (int(os.environ.get(name, default)) for name, default in LAUNCHED)
    chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if chosen.type == "cuda":
        _check_cuda(local)
        chosen = torch.device("cuda", local)
        torch.cuda.set_device(chosen)
        # Branches and float32 bases are multiplied in float32, not in 10 bits of it.
        torch.backends.cuda.matmul.allow_tf32 = False
    if count > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo", timeout=timedelta(minutes=30))
    return Processes(rank, count, local, chosen)


LAUNCHED = (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
"""What launchers tell each process."""


def _check_cuda(local: int) -> None:
    found = torch.cuda.device_count()
    if local >= found:
        raise DeviceMissing(
            f"Process {local + 1} of this machine has no CUDA device of its own: PyTorch sees {found}.",
            "Start as many processes as there are devices, or name --device cpu. A PyTorch without CUDA sees none.",
        )


def close_processes() -> None:
    """Leaves the other processes."""
    if dist.is_initialized():
        dist.destroy_process_group()


def check_count(count: int, expected: int | None, records: int) -> None:
    """Refuses another number of processes than was asked for, and more than a step can keep busy."""
    if expected is not None and count < expected:
        raise TooFewProcesses(
            f"{expected} processes were asked for, and only {count} of them runs."
            if count == 1
            else f"{expected} processes were asked for, and only {count} run.",
            f"Start it with torchrun --nproc_per_node {expected}; "
            "`accelerate launch --cpu` starts one process whatever it is told.",
        )
    if expected is not None and count > expected:
        raise TooManyProcesses(f"{expected} processes were asked for, and {count} run.", "Start fewer.")
    if count > records:
        raise TooManyProcesses(
            f"{count} processes run, and a step has {records} records: some would never have work.",
            f"Start at most {records} processes.",
        )
