"""What each of several runs at once gets of this machine: a device of its own, and threads."""

from __future__ import annotations

import os
from dataclasses import dataclass

from unbraid.core import require, require_known


@dataclass(frozen=True)
class Allotment:
    """Devices and threads of the runs of a study.

    Args:
        places: the device of each of the runs at once; "" for the one that is found, where there are no GPUs.
        threads: of torch on the CPU for each run; 0 where each chooses its own.
        most: the most that a run may choose; 0 for what the environment says.
        said: the same in a line.
    """

    places: tuple[str, ...]
    threads: int
    most: int
    said: str


def allotted(
    jobs: int,
    *,
    threads: int | None = None,
    device: str | None = None,
    gpus: float | None = None,
    cores: int | None = None,
    cuda: int | None = None,
) -> Allotment:
    """Share this machine among runs.

    Args:
        jobs: runs at once.
        threads: of each, where somebody says so.
        device: "cpu", "cuda" (all of them), "cuda:1" (this one alone), "mps"; CUDA where it is when None.
        gpus: of each run: 1, a fraction of one, or 0 for none; 1 where there are GPUs when None.
        cores: processors; as found when None.
        cuda: GPUs that CUDA sees; as found when None.

    Raises:
        UsageError: more runs at once than the GPUs have room for; GPUs asked for where there are none.
    """
    from unbraid.training import said_outside

    cores = available_cores() if cores is None else cores
    places = _places(jobs, device, gpus, cuda)
    if threads is None and said_outside():
        return Allotment(places, 0, 0, f"{_where(places)}, as many threads each as the environment says")
    if threads is not None:
        return Allotment(places, threads, 0, f"{_where(places)}, {threads} thread{'s' * (threads > 1)} each")
    most = max(1, cores // jobs)
    said = f"at most {most} thread{'s' * (most > 1)} each of {cores} processors; --threads says how many"
    return Allotment(places, 0, most, f"{_where(places)}, {said}")


def available_cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cuda_devices() -> int:
    """GPUs that CUDA sees here."""
    import torch

    return torch.cuda.device_count()


def _places(jobs: int, device: str | None, gpus: float | None, cuda: int | None) -> tuple[str, ...]:
    """A device for each run at once, the GPUs in turn."""
    require(jobs >= 1, "jobs must be at least 1", jobs)
    require(gpus is None or gpus >= 0, "--gpus must not be negative", gpus)
    if device is not None and not device.startswith("cuda"):
        from unbraid.training import device_named

        require(not gpus, f"--gpus are of CUDA; --device {device} is none", gpus, "leave one of them out")
        device_named(device)  # refused where there is no such
        return (device,) * jobs
    if gpus == 0:
        return ("cpu",) * jobs
    count = cuda_devices() if cuda is None else cuda
    if not count:
        asked = f"--gpus {gpus:g}" if gpus else f"--device {device}"
        require(gpus is None and device is None, f"{asked} needs a GPU that CUDA sees", "none here", "leave it out")
        return ("",) * jobs
    share = 1.0 if gpus is None else gpus
    require(share <= 1, "a run computes on one GPU, so --gpus is at most 1 without Ray", f"{share:g}")
    devices = [f"cuda:{number}" for number in range(count)]
    if device not in (None, "cuda"):
        require_known(device, devices, "--device")
        devices = [str(device)]
    room = len(devices) * int(1 / share + 1e-9)
    require(
        jobs <= room,
        f"each run takes {share:g} of a GPU, so at most {room} run at once on {_counted(len(devices))}",
        f"--jobs {jobs}",
        f"lower it, or put several on one: --gpus {len(devices) / jobs:.2g}",
    )
    return tuple(devices[number % len(devices)] for number in range(jobs))


def _where(places: tuple[str, ...]) -> str:
    """How many runs at once, and on what."""
    devices = list(dict.fromkeys(place for place in places if place))
    runs = f"{len(places)} run{'s' * (len(places) > 1)} at once"
    return f"{runs} on {', '.join(devices)}" if devices else runs


def _counted(devices: int) -> str:
    return f"{devices} GPU{'s' * (devices > 1)}"
