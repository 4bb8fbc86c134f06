"""The live bar of a training run: steps, speed, losses and time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from unbraid.core.progress import Progress, bar
from unbraid.training._training import Callback, LogRow, Training

LOSSES = {"reconstruction": "rec", "kl": "KL"}  # term of the log -> how the bar calls it


@contextmanager
def training_bar(steps: int, done: int = 0, shown: bool = True) -> Iterator[Callback]:
    """A bar over the steps of a run that stays at its end; gives the callback that moves it.

    Args:
        steps: of the whole run.
        done: steps that were finished before.
        shown: False for silence.
    """
    with bar("training", visible=shown, total=steps, initial=done, unit=" steps", leave=True) as line:

        def update(training: Training, row: LogRow | None) -> None:
            if row is not None:
                line.set_postfix_str(_figures(row), refresh=False)
            line.update(training.step - line.n)

        yield update


def told(progress: Progress) -> Callback:
    """A callback that tells a `Progress` how many steps are done."""

    def call(training: Training, row: LogRow | None) -> None:
        progress("training", training.step, training.config.steps)

    return call


def together(*callbacks: Callback) -> Callback:
    """One callback that calls all of them, in order."""

    def call(training: Training, row: LogRow | None) -> None:
        for callback in callbacks:
            callback(training, row)

    return call


def _figures(row: LogRow) -> str:
    """What stands behind the bar."""
    losses = [f"{short} {row[name]:.1f}" for name, short in LOSSES.items() if name in row]
    if not losses and "loss/model" in row:
        losses = [f"loss {row['loss/model']:.2f}"]
    return "  ".join([f"{row['images_per_second']:,.0f} images/s", *losses]) + (" nats" if losses else "")
