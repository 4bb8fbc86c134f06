"""Small made-up pictures and tables, shaped like those of a real run."""

import numpy as np

FACTORS = ("shape", "scale", "orientation", "posX", "posY")


def blobs(x: np.ndarray, y: np.ndarray, radius: np.ndarray, channels: int = 1, size: int = 32) -> np.ndarray:
    """Soft discs uint8 [..., C, H, W] at x, y in 0 .. 1."""
    grid = (np.arange(size) + 0.5) / size
    down = grid[:, None] - np.asarray(y)[..., None, None]
    across = grid[None, :] - np.asarray(x)[..., None, None]
    inside = 1 / (1 + np.exp((np.hypot(down, across) - np.asarray(radius)[..., None, None]) * 60))
    return np.repeat((255 * inside).astype(np.uint8)[..., None, :, :], channels, axis=-3)


def originals(count: int = 20, channels: int = 1) -> np.ndarray:
    """Discs at random places."""
    rng = np.random.default_rng(0)
    return blobs(rng.uniform(0.2, 0.8, count), rng.uniform(0.2, 0.8, count), rng.uniform(0.1, 0.25, count), channels)


def walk(latents: int = 10, steps: int = 12, channels: int = 1) -> np.ndarray:
    """Traversals: the first moves the disc across, the second down, the third grows it, the others do nothing."""
    values = np.linspace(0.2, 0.8, steps)
    still = np.full(steps, 0.5)
    rows = [blobs(values, still, still * 0.3, channels), blobs(still, values, still * 0.3, channels)]
    rows += [blobs(still, still, values * 0.35, channels)]
    rows += [blobs(still, still, still * 0.3, channels)] * latents
    return np.stack(rows[:latents])


def nats(latents: int = 10) -> np.ndarray:
    """Mean KL per latent."""
    return np.array([3.1, 2.9, 1.4, 0.6, 0.12, 0.02, *([0.003] * latents)])[:latents]


def table(latents: int = 10, factors: int = 5) -> np.ndarray:
    """A matrix with one strong latent for some factors."""
    made = np.random.default_rng(1).uniform(0, 0.12, (latents, factors))
    for k, height in zip(range(factors - 1, -1, -1), (0.9, 0.85, 0.2, 0.5, 0.1), strict=False):
        made[(factors - 1 - k) % latents, k] = height
    return made


def log(rows: int = 200) -> dict[str, np.ndarray]:
    """A training log."""
    rng, step = np.random.default_rng(2), np.arange(1, rows + 1) * 100.0
    loss = 60 + 600 * np.exp(-step / 300) + rng.normal(0, 2, rows)
    return {
        "step": step,
        "loss": loss,
        "reconstruction": loss - 20,
        "kl": 18 - 12 * np.exp(-step / 3000) + rng.normal(0, 0.4, rows),
        "images_per_second": 7000 + rng.normal(0, 200, rows),
    }
