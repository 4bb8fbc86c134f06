"""Training and encoding on a GPU against the CPU: `python -m benchmarks.gpu [--out FILE.csv] [--seconds N]`.

Lines are written as they are measured, and an interrupted table goes on where it stopped; what the limit of seconds
leaves out is said at the end. `--device cpu` tries it where there is no GPU.

    wait    synchronisations of the device in 50 steps between two rows of the log (goal: none), and how much of a step
            the host needs to give it out
    train   steps and images a second of `unbraid.training`'s own loop: data on the device or on the host, float32,
            bfloat16, compiled, and the CPU with all its threads
    encode  images a second of `unbraid.evaluation.encode`
    scores  what short runs in float32 (two seeds), bfloat16 and compiled answer, and whether they agree
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks._table import Table
from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import encode
from unbraid.metrics import dci_fast, mig
from unbraid.store import RunDirectory
from unbraid.training import RunConfig, Training, device_of_choice, fit, preset
from unbraid.training._inputs import Inputs

CPU = torch.device("cpu")
GRID = {"orientation": 4, "posX": 4, "posY": 4}  # 11,520 images
NETWORKS = {  # name -> model and side of the images
    "mlp": ({"name": "mlp"}, 32),
    "burgess": ({"name": "burgess"}, 64),
    "higgins": ({"name": "michlo"}, 64),
    "spatial_broadcast": ({"name": "spatial_broadcast"}, 64),
}
BATCHES = (64, 256, 1024)
COMPILED_BATCHES = (256,)  # a compilation takes seconds, on a GPU as well
VARIANTS = {  # name -> precision, compiled, images on the device
    "float32": ("float32", False, True),
    "float32, data on the host": ("float32", False, False),
    "bfloat16": ("bfloat16", False, True),
    "float32, compiled": ("float32", True, True),
    "bfloat16, compiled": ("bfloat16", True, True),
}
COLUMNS = ("what", "network", "batch", "variant", "device", "value", "unit", "against", "ratio", "note")
AGREE = {"loss": 0.01, "mig": 0.05, "dci_fast": 0.05}  # relative for the loss, absolute for scores
QUIET_STEPS = 50  # on the CPU, where nothing waits, a tenth
ENCODED = 8192


def main(out: Path, limit: float, *choices: Any) -> None:
    """Measure what is not in the table yet, the cheap first, until the limit; `choices` are those of `cells`."""
    began, table, left = time.perf_counter(), Table(out, COLUMNS), 0
    for key, measure in cells(table, *choices):
        if table.has(**key):
            continue
        if time.perf_counter() - began > limit:
            left += 1
            continue
        try:
            table.add(**key, **measure())
        except Exception as error:
            table.add(**key, note=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    print(f"{time.perf_counter() - began:.0f} s; {left} lines left out by the limit of {limit:.0f} s")


Cell = tuple[dict[str, Any], Callable[[], dict[str, Any]]]


def cells(
    table: Table, seconds: float, device: torch.device, batches: tuple[int, ...], steps: int, asked: tuple[str, ...]
) -> Iterator[Cell]:
    """Every line of the table, as its key and what measures the rest."""
    for network in asked:
        key = {"what": "wait", "network": network, "batch": batches[0], "variant": "float32", "device": str(device)}
        yield key, partial(waits, network, batches[0], device)
    for variant in ("float32", "float32, data on the host", "bfloat16"):
        yield from training_cells(table, asked, batches, variant, device, seconds)
    yield from training_cells(table, asked, batches, "float32", CPU, seconds)
    for network in [name for name in ("mlp", "burgess") if name in asked]:
        for place in dict.fromkeys((CPU, device)):
            key = {"what": "encode", "network": network, "batch": "", "variant": "float32", "device": str(place)}
            yield key, partial(encoding, network, place, seconds, table)
    for variant in ("float32", "float32, another seed", "bfloat16", "float32, compiled"):
        key = {"what": "scores", "network": "mlp", "batch": 128, "variant": variant, "device": str(device)}
        yield key, partial(scores, variant, device, steps)
    fewer = tuple(batch for batch in batches if batch in COMPILED_BATCHES)
    for variant in ("float32, compiled", "bfloat16, compiled"):
        yield from training_cells(table, asked, fewer, variant, device, seconds)


def training_cells(
    table: Table,
    asked: tuple[str, ...],
    batches: tuple[int, ...],
    variant: str,
    device: torch.device,
    seconds: float,
) -> Iterator[Cell]:
    """One variant of every network and batch."""
    for network in asked:
        for batch in batches:
            key = {"what": "train", "network": network, "batch": batch, "variant": variant, "device": str(device)}
            yield key, partial(training_speed, table, network, batch, variant, device, seconds)


def dataset_of(network: str, kept: dict[int, GroundTruthDataset] = {}) -> GroundTruthDataset:  # noqa: B006
    """dSprites in the size that the network takes, made once."""
    side = NETWORKS[network][1]
    if side not in kept:
        kept[side] = in_memory(load_dataset({"name": "dsprites", "resolution": side, "every": GRID}))
    return kept[side]


@contextmanager
def training_of(network: str, batch: int, variant: str, device: torch.device) -> Iterator[Training]:
    """A run of that network that logs and saves nothing before its end."""
    precision, compiled, held = VARIANTS[variant]
    model, dataset = NETWORKS[network][0], dataset_of(network)
    config = RunConfig("dsprites", model, objective="beta_vae", steps=10**9, batch=batch, precision=precision)
    torch.compiler.reset()
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder))
        training = Training(run, config, dataset, device, 10**9, 1e9, compiled=compiled)
        training.inputs = Inputs(dataset, device, hold=held)
        training.model.train()
        yield training


def training_speed(
    table: Table, network: str, batch: int, variant: str, device: torch.device, seconds: float
) -> dict[str, Any]:
    """Steps a second, and the ratio to the same on the CPU or in float32 on the device."""
    with training_of(network, batch, variant, device) as training:
        began = time.perf_counter()
        rate = steps_a_second(training, seconds)
        note = f"{batch * rate:,.0f} images/s; {time.perf_counter() - began:.1f} s with its first step"
    if device == CPU:
        note += f"; {torch.get_num_threads()} threads"
    found = dict(what="train", network=network, batch=batch, variant="float32")
    against = [line for line in table.lines if all(line[name] == str(value) for name, value in found.items())]
    other = next((line for line in against if (line["device"], variant) != (str(device), "float32")), None)
    answer = {"value": f"{rate:.2f}", "unit": "steps/s", "note": note}
    if other is None or not other["value"]:
        return answer
    ratio = rate / float(other["value"])
    return {**answer, "against": f"{other['variant']} on {other['device']}", "ratio": f"{ratio:.3f}"}


def steps_a_second(training: Training, seconds: float) -> float:
    """Steps a second over at least that long, after warming up; one step alone where it takes longer."""
    first = timed(training, 1)
    if first > 4 * seconds and training.device.type == "cpu":
        return 1 / first
    timed(training, 3)
    steps = 1
    while (elapsed := timed(training, steps)) < seconds:
        steps = max(2 * steps, min(int(1.2 * steps * seconds / elapsed), 16 * steps))
    return steps / elapsed


def timed(training: Training, steps: int) -> float:
    """Seconds of so many steps, the device's work included."""
    wait_for(training.device)
    began = time.perf_counter()
    for _ in range(steps):
        training._step()
    training._read()
    wait_for(training.device)
    return time.perf_counter() - began


def wait_for(device: torch.device) -> None:
    """Until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def waits(network: str, batch: int, device: torch.device) -> dict[str, Any]:
    """Synchronisations within steps between two rows of the log, and the host's share of their time."""
    with training_of(network, batch, "float32", device) as training:
        steps = QUIET_STEPS if device.type == "cuda" else QUIET_STEPS // 10
        timed(training, 3)
        with warnings.catch_warnings(record=True) as caught, counted_waits(device):
            warnings.simplefilter("always")
            began = time.perf_counter()
            for _ in range(steps):
                training._step()
            given_out = time.perf_counter() - began
        wait_for(device)
        whole = time.perf_counter() - began
    note = f"{1e3 * given_out / steps:.3f} of {1e3 * whole / steps:.3f} ms a step on the host"
    texts = {str(warning.message)[:100] for warning in caught}
    return {"value": len(caught), "unit": f"waits in {steps} steps", "note": "; ".join([note, *texts])}


@contextmanager
def counted_waits(device: torch.device) -> Iterator[None]:
    """Let CUDA warn of each synchronisation meanwhile."""
    if device.type != "cuda":
        yield
        return
    torch.cuda.set_sync_debug_mode("warn")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def encoding(network: str, device: torch.device, seconds: float, table: Table) -> dict[str, Any]:
    """Images a second, gather and codes back on the host included."""
    dataset = dataset_of(network)
    with training_of(network, BATCHES[0], "float32", device) as training:
        run, index = training.model, np.arange(min(ENCODED, len(dataset)))
        encode(run, dataset, index, device=device, progress=False)
        images, began = 0, time.perf_counter()
        while not images or time.perf_counter() - began < seconds:
            encode(run, dataset, index, device=device, progress=False)
            images += len(index)
        rate = images / (time.perf_counter() - began)
    answer = {"value": f"{rate:.0f}", "unit": "images/s"}
    key = {"what": "encode", "network": network, "device": "cpu"}
    cpu = next((line for line in table.lines if all(line[name] == value for name, value in key.items())), None)
    if cpu is None or device == CPU or not cpu["value"]:
        return answer
    return {**answer, "against": "float32 on cpu", "ratio": f"{rate / float(cpu['value']):.1f}"}


REFERENCE: dict[str, float] = {}


def scores(variant: str, device: torch.device, steps: int) -> dict[str, Any]:
    """Loss of the last tenth of a short run of the pocket recipe, and its scores, beside those of float32."""
    precision, compiled, _ = VARIANTS[variant.removesuffix(", another seed")]
    settings = {**preset("pocket"), "steps": steps, "precision": precision, "seed": int("another" in variant)}
    settings["data"] = {"name": "dsprites", "resolution": 32, "every": GRID}
    settings["objective"] = {"name": "beta_vae", "beta": 4.0}
    torch.compiler.reset()
    with tempfile.TemporaryDirectory() as folder:
        run = fit(settings, folder, device=device, dataset=dataset_of("mlp"), compiled=compiled, progress=False)
        loss = float(run.log["loss/model"].tail(max(1, len(run.log) // 10)).mean())
        rep = encode(run, dataset_of("mlp"), device=device, progress=False)
    answers = {"loss": loss, "mig": mig(rep).value, "dci_fast": dci_fast(rep, rng=np.random.default_rng(0)).value}
    note = ", ".join(f"{name} {value:.4g}" for name, value in answers.items())
    if not REFERENCE:
        REFERENCE.update(answers)
        return {"value": f"{loss:.4f}", "unit": "nats", "note": f"{note}; {steps} steps"}
    off = {name: abs(value - REFERENCE[name]) for name, value in answers.items()}
    off["loss"] /= abs(REFERENCE["loss"])
    agree = all(off[name] <= AGREE[name] for name in AGREE)
    note += "; off by " + ", ".join(f"{name} {value:.4f} (at most {AGREE[name]:g})" for name, value in off.items())
    return {"value": f"{loss:.4f}", "unit": "nats", "against": "float32", "note": note, "ratio": str(agree)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("gpu.csv"))
    parser.add_argument("--seconds", type=float, default=1.0, help="of each timing, at least")
    parser.add_argument("--limit", type=float, default=150.0, help="seconds after which nothing new is begun")
    parser.add_argument("--device", help="cuda where there is one")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=list(NETWORKS))
    parser.add_argument("--steps", type=int, default=1500, help="of the runs that are scored")
    given = parser.parse_args()
    where = torch.device(given.device) if given.device else device_of_choice()
    main(given.out, given.limit, given.seconds, where, tuple(given.batches), given.steps, tuple(given.networks))
