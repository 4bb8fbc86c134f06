"""A run in a folder of its own, for others: what it needs to be opened, and a card that says what it is."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from unbraid.core import require
from unbraid.core.checked import checked
from unbraid.core.tables import markdown_table, markdown_text
from unbraid.evaluation._onnx import DECODER, ENCODER, write_onnx
from unbraid.evaluation._stored import read_scores
from unbraid.store import CONFIG, HUB_CONFIG, LOG, METRICS, MODEL, REPRESENTATION, STATUS, RunDirectory, whole_file
from unbraid.training import Run

KEPT = (CONFIG, STATUS, LOG, METRICS)
LICENCE = re.compile(r"[a-z0-9][a-z0-9.+-]{1,60}")  # as hubs write them: apache-2.0, cc-by-4.0, mit


@checked
def export(
    run: Run | Path | str, folder: Path | str, *, licence: str = "", onnx: bool = False, trust: bool = False
) -> Path:
    """Write a run for others, laid out as model hubs have it: weights in safetensors, `config.json`, and a card.

    What is written is opened with `unbraid.open(folder)`, and holds nothing pickled: also the run's own configuration,
    status, log and scores.

    Args:
        run: an opened run, or its directory.
        folder: made when it is not there; must be empty, or an earlier export of the same run.
        licence: under which others may use the weights, as hubs write it: apache-2.0, cc-by-4.0, mit; the card says
            that none is given when empty.
        onnx: also `encoder.onnx` and `decoder.onnx`, which answer as the model does within 1e-5 and need neither
            unbraid nor torch.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Returns:
        the folder.

    Raises:
        UsageError: no run, one that is not trained to its end, a folder that holds other files, or a licence that is
            no name of one.
    """
    opened = run if isinstance(run, Run) else Run(run, trust=trust)
    rule = "a licence is named as hubs write it, such as apache-2.0"
    require(not licence or LICENCE.fullmatch(licence), rule, f"{licence!r:.80}", "see huggingface.co/docs/hub")
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
        if opened.folder.has(name) and os.path.realpath(out.path) != os.path.realpath(opened.path):
            with whole_file(out / name) as aside:
                shutil.copyfile(opened.folder / name, aside)
    if onnx:
        write_onnx(opened, out.path)
    out.write_text(HUB_CONFIG, json.dumps(opened.config.to_dict(), indent=1, ensure_ascii=False))
    out.write_text("README.md", _card(opened, licence, onnx))
    return out.path


def _card(run: Run, licence: str, onnx: bool) -> str:
    """What the model is, under which licence, how well it scores, and how to open it."""
    config = run.config
    lines = [
        "---",
        "library_name: unbraid",
        *([f"license: {licence}"] if licence else []),
        "tags: [disentanglement, variational-autoencoder]",
        "---",
        "",
        markdown_text(f"# {config.phases[-1].objective.name} on {config.data.name}"),
        "",
        *_described(run),
        "",
        "```python",
        "import unbraid",
        "",
        'run = unbraid.open("this folder")',
        "z = run.encode(images).mean",
        "```",
        *(_onnx_lines(run) if onnx else []),
        *_scores(run),
        "",
        "## Licence",
        "",
        f"The weights: `{licence}`." if licence else "None is given for the weights: ask whoever handed them on.",
        "The images that they were trained on have terms of their own.",
    ]
    return "\n".join(lines) + "\n"


def _described(run: Run) -> list[str]:
    """The model and its training in a paragraph, and where its images came from."""
    config, status = run.config, run.folder.read_status()
    shape = " x ".join(map(str, run.image_shape))
    layers = f" in {len(run.model.widths)} layers" if len(run.model.widths) > 1 else ""
    described = (
        f"A variational autoencoder for images {shape} with {run.latents} latents{layers} "
        f"(`{markdown_text(config.model.name)}`), trained for {int(status.get('step', 0)):,} steps of {config.batch} "
        f"with seed {config.seed}. The complete configuration is in `{CONFIG}` and `{HUB_CONFIG}`, the weights in "
        f"`{MODEL}`."
    )
    note = run.folder.read_note(REPRESENTATION) if run.folder.has(REPRESENTATION) else {}
    source = markdown_text(str(note.get("source", "")))
    return [described, *(["", f"The images: {source}."] if source else [])]


def _onnx_lines(run: Run) -> list[str]:
    """How the ONNX files are used."""
    channels, height, width = run.image_shape
    return [
        "",
        f"Without unbraid: `{ENCODER}` takes `images` [N, {channels}, {height}, {width}], float32 in [0, 1], and gives "
        f"`mean` and `logvar` [N, {run.latents}]; `{DECODER}` takes `z` [N, {run.latents}] and gives `images`.",
    ]


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
    above = "Floor: what codes that know nothing score here; above: 0 at the floor, 1 at the end of the range."
    return ["", "## Scores", "", markdown_table(columns, rows), "", above]
