"""Speed and memory of the layered model: `python benchmarks/towers.py [--threads N] [--seconds S]`.

Trains each size for some seconds in a process of its own (forward, backward, Adamax, channels last, batch 64) on random
images, and prints images/s by wall clock and by CPU time, with the process's peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

CASES = {  # name -> what `measure` takes
    "full size, 3x64x64": {"latents": [500, 400, 300, 200, 100], "width": 1.0, "side": 64, "batch": 64},
    "pocket, width 1/4, 3x64x64": {"latents": [20, 16, 12, 8, 4], "width": 0.25, "side": 64, "batch": 64},
    "pocket, width 1/8, 3x64x64": {"latents": [20, 16, 12, 8, 4], "width": 0.125, "side": 64, "batch": 64},
    "pocket, width 1/4, 3x32x32": {"latents": [20, 16, 12, 8, 4], "width": 0.25, "side": 32, "batch": 64},
    "pocket, width 1/8, 3x32x32": {"latents": [20, 16, 12, 8, 4], "width": 0.125, "side": 32, "batch": 64},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--case", help="measure this one here and print it as JSON")
    arguments = parser.parse_args()
    if arguments.case:
        print(json.dumps(measure(**json.loads(arguments.case), threads=arguments.threads, seconds=arguments.seconds)))
        return
    print(
        f"threads: {arguments.threads}\n{'':30} {'parameters':>11} {'img/s wall':>11} {'img/s CPU':>10} {'peak GB':>8}"
    )
    for name, case in CASES.items():
        result = in_own_process(case, arguments.threads, arguments.seconds)
        print(
            f"{name:30} {result['parameters']:>11,} {result['per_second']:>11.1f} {result['per_cpu_second']:>10.1f} "
            f"{result['peak_bytes'] / 1e9:>8.2f}",
            flush=True,
        )


def in_own_process(case: dict, threads: int, seconds: float) -> dict:
    """Measure in a fresh process, so that peak memory is this case's alone."""
    command = [sys.executable, __file__, "--case", json.dumps(case), "--threads", str(threads)]
    return json.loads(subprocess.check_output([*command, "--seconds", str(seconds)]))


def measure(latents: list[int], width: float, side: int, batch: int, threads: int, seconds: float) -> dict:
    """Steps for so many seconds after two to warm up."""
    import torch

    from unbraid.models import z_of
    from unbraid.models.towers import Towers

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = Towers((3, side, side), latents=latents, width=width).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adamax(model.parameters(), lr=3e-4)
    images = torch.rand(batch, 3, side, side).to(memory_format=torch.channels_last)

    def step() -> None:
        layers = model.infer(images, torch.randn(batch, sum(latents)))
        errors = [head.error(images).mean() for head in model.generate(z_of(layers))]
        divergences = [layer.posterior.divergence().sum(1).mean() for layer in layers[1:]]
        optimiser.zero_grad()
        torch.stack([*errors, *divergences]).sum().backward()
        optimiser.step()

    step(), step()
    steps, wall, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < seconds:
        step()
        steps += 1
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "per_second": steps * batch / wall,
        "per_cpu_second": steps * batch / cpu,
        "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


if __name__ == "__main__":
    main()
