"""A run in a folder of its own, for others: what it needs to be opened, and a card that says what it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from unbraid.core import require
from unbraid.core.checked import checked
from unbraid.core.tables import markdown_table
from unbraid.evaluation._stored import read_scores
from unbraid.store import CONFIG, LOG, METRICS, MODEL, STATUS, RunDirectory, whole_file
from unbraid.training import Run

KEPT = (CONFIG, STATUS, LOG, METRICS)


@checked
def export(run: Run | Path | str, folder: Path | str, *, trust: bool = False) -> Path:
    """Write a run for others: configuration, weights (safetensors), log, scores, and a card, `README.md`.

    What is written is opened with `unbraid.open(folder)`, and holds nothing pickled.

    Args:
        run: an opened run, or its directory.
        folder: made when it is not there; must be empty, or an earlier export of the same run.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Returns:
        the folder.

    Raises:
        UsageError: no run, one that is not trained to its end, or a folder that holds other files.
    """
    opened = run if isinstance(run, Run) else Run(run, trust=trust)
    require(
        opened.folder.has(MODEL),
        "an export needs a run that is trained to its end",
        f"{opened.path}, at step {opened.folder.read_status().get('step', 0):,} of {opened.config.steps:,}",
        "go on with it first: the same train command does",
    )
    out = RunDirectory(folder)
    strangers = sorted(path.name for path in out.path.iterdir()) if out.path.is_dir() else []
    same = out.has(CONFIG) and out.read_config() == opened.folder.read_config()
    require(not strangers or same, "an export needs a folder of its own", f"{out.path} with {strangers[:3]}")
    for name in (*KEPT, MODEL):
        if opened.folder.has(name):
            with whole_file(out / name) as aside:
                shutil.copyfile(opened.folder / name, aside)
    out.write_text("config.json", json.dumps(opened.config.to_dict(), indent=1, ensure_ascii=False))
    out.write_text("README.md", _card(opened))
    return out.path


def _card(run: Run) -> str:
    """What the model is, how well it scores, and how to open it."""
    config, status = run.config, run.folder.read_status()
    shape = " x ".join(map(str, run.image_shape))
    lines = [
        "---",
        "library_name: unbraid",
        "tags: [disentanglement, variational-autoencoder]",
        "---",
        "",
        f"# {config.phases[-1].objective.name} on {config.data.name}",
        "",
        f"A variational autoencoder for images {shape} with {run.latents} latents (`{config.model.name}`), trained for "
        f"{int(status.get('step', 0)):,} steps of {config.batch} with seed {config.seed}. The complete configuration "
        f"is in `{CONFIG}` and `config.json`, the weights in `{MODEL}`.",
        "",
        "```python",
        "import unbraid",
        "",
        'run = unbraid.open("this folder")',
        "z = run.encode(images).mean",
        "```",
    ]
    return "\n".join([*lines, *_scores(run)]) + "\n"


def _scores(run: Run) -> list[str]:
    """The scores as a table in Markdown, with their floors where there are any."""
    if not run.folder.has(METRICS):
        return []
    scores = read_scores(run)
    scores = scores[(scores["part"] == "") & scores["value"].notna()]
    columns = [name for name in ("layer", "metric", "value", "floor", "above", "variant") if name in scores]
    rows = [
        [
            "" if value != value or value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
            for value in row
        ]
        for row in scores[columns].itertuples(index=False)
    ]
    return ["", "## Scores", "", markdown_table(columns, rows)]
