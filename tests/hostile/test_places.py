"""Paths that no disk takes, and things that are no plain files, at every public door: refused in words."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unbraid
from tests.hostile.cases import lacks
from tests.hostile.files import CONFIG
from unbraid import data, evaluation, explore, metrics, report, store, studies
from unbraid.core import UsageError, load_entry, names, options_of

CODE = np.random.default_rng(0).standard_normal((200, 2))
LEVELS = np.arange(200)[:, None] % 3
NO_PLACES = ("\udcff", "a\ud800b", "x" * 300, "x/" * 3000)
STUDY = "dubois-2019"
DOORS: dict[str, Callable[[Any], object]] = {
    "fit, folder": lambda place: unbraid.fit(CONFIG, place, progress=False),
    "fit, configuration": lambda place: unbraid.fit(place),
    "open": unbraid.open,
    "Run": unbraid.Run,
    "evaluate": unbraid.evaluate,
    "evaluate, encoder": lambda place: unbraid.evaluate(place, "toy"),
    "encode": lambda place: unbraid.encode(place, "toy"),
    "checks": evaluation.checks,
    "read_scores": evaluation.read_scores,
    "load_representation": evaluation.load_representation,
    "code_table": evaluation.code_table,
    "decode_to": lambda place: evaluation.decode_to(place, "codes.npz", "out.npz"),
    "export": lambda place: unbraid.export(place, "export"),
    "report": report.report,
    "run_report": report.run_report,
    "layers_report": lambda place: report.layers_report([place]),
    "layers_report, out": lambda place: report.layers_report(["."], place),
    "figure": lambda place: report.figure("kl_per_latent", place),
    "save_figure": lambda place: report.save_figure(None, place),  # type: ignore[arg-type]
    "card": lambda place: unbraid.card(place, progress=False),
    "card, out": lambda place: unbraid.card(CODE, LEVELS, out=place),
    "card, images": lambda place: unbraid.card(CODE, LEVELS, images=place),
    "read_representation": metrics.read_representation,
    "stress_report": lambda place: report.stress_report(["mig"], ["noise"], out=place),
    "data_page": lambda place: report.data_page("toy", place),
    "fetch": lambda place: data.fetch("dsprites", folder=Path(place)),
    "explore": lambda place: explore.serve(place, browser=False),
    "load_study": studies.load_study,
    "plan": studies.plan,
    "run, root": lambda place: studies.run(STUDY, root=place),
    "status, root": lambda place: studies.status(STUDY, root=place),
    "status, archive": lambda place: studies.status(STUDY, archive=place),
    "table, root": lambda place: studies.table(STUDY, root=place),
    "best, root": lambda place: studies.best(STUDY, root=place),
    "keep, archive": lambda place: studies.keep(STUDY, place),
    "write_study_report": lambda place: report.write_study_report(STUDY, root=place),
    "write_ledger": lambda place: report.write_ledger(archive=place),
    "write_ledger, out": lambda place: report.write_ledger(archive="nowhere", out=place),
    "RunDirectory": store.RunDirectory,
    **{
        f"data {name}, {key}": lambda place, name=name, key=key: data.load_dataset({"name": name, key: place})
        for name in names("data")
        for key in {"path", "source"} & set(options_of(load_entry("data", name)))
    },
}


@pytest.mark.parametrize("door", DOORS)
def test_a_path_that_no_disk_takes_is_refused_before_any_work(
    door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for place in NO_PLACES:
        with pytest.raises(UsageError) as refused:
            DOORS[door](place)
        assert not lacks(str(refused.value)), refused.value
        assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """As root, `--out /dev/null` put a page in its place."""
    pipe = tmp_path / "pipe.html"
    os.mkfifo(pipe)
    refused = pytest.raises(UsageError, match=r"a file to write must be a plain file; got .*, which is none; name a")
    with refused, store.whole_file(pipe) as aside:
        aside.write_text("a page")
    assert pipe.is_fifo()
    assert [file.name for file in tmp_path.iterdir()] == ["pipe.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo") or not Path("/dev/zero").is_char_device(), reason="no such device")
def test_settings_without_an_end_are_read_to_their_limit() -> None:
    with pytest.raises(UsageError, match="a settings file must be at most 10,000,000 characters"):
        unbraid.fit("/dev/zero")
