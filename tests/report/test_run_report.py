"""The run report: one page, nothing fetched, with the run's own numbers."""

import re
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.figures.samples import nats
from tests.report.sample_run import write_run
from unbraid.core import UsageError, read_labels
from unbraid.report import run_report
from unbraid.store import ARRAYS, CHECKS, LOG, METRICS, REPRESENTATION, RunDirectory
from unbraid.training import RunConfig, fit

VOID = {"meta", "input", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """Opens and closes tags, keeps ids, alternative texts and outside references."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.outside: list[str] = []
        self.unnamed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("src", "href", "xlink:href", "action"):
            value = given.get(name) or ""
            if value and not value.startswith(("data:", "#")):
                self.outside.append(value)
        if (given.get("role") == "img" or tag in ("img", "input")) and not (
            given.get("aria-label") or given.get("alt")
        ):
            self.unnamed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run_report(write_run(tmp_path_factory.mktemp("flat") / "run")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run_report(write_run(tmp_path_factory.mktemp("deep") / "run", layers=(12, 5))).read_text(encoding="utf-8")


def test_the_page_stands_alone(flat: str, layered: str) -> None:
    for text in (flat, layered):
        page = Page(text)
        assert not page.open
        assert not page.outside
        assert not page.unnamed
        assert len(set(page.ids)) == len(page.ids)
        assert not re.search(r"url\((?!data:|#)|@import|<link", text)
        assert len(text.encode()) < 3_000_000


def test_it_says_what_was_learned_and_how_sure(flat: str) -> None:
    assert "z0 carries posX (2.1 of 3.5 nats, 0.1 by chance)." in flat
    assert "orientation is spread over z3 and z4" in flat
    assert "shape is hardly captured" in flat
    assert "0.402" in flat
    assert "0.380 – 0.420" in flat
    assert "20 equal-width bins" in flat


def test_a_missing_score_keeps_its_reason(flat: str) -> None:
    assert "1 score missing, with the reason" in flat
    row = flat[flat.index("<small>dci</small>") :]
    assert row.index("—") < row.index("dci needs at least 100 rows; got 50.")


def test_it_can_be_made_again_from_the_page(flat: str) -> None:
    assert "unbraid train --data dsprites --model mlp" in flat
    assert "torch 2.13.0" in flat
    assert "rendered here from the published factors" in flat
    assert "4 where reconstruction and KL are summed, 0.0391 where they are averaged" in flat


def test_layers_stand_side_by_side(layered: str) -> None:
    assert "Turn the knobs of layer 1" in layered
    assert "Traversals of layer 0" in layered
    assert '<th scope="col">layer 1</th>' in layered


def test_one_layer_can_be_asked_for(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", layers=(12, 5))
    text = run_report(folder, layer=1).read_text(encoding="utf-8")
    assert "Traversals of layer 1" in text
    assert "Traversals of layer 0" not in text
    with pytest.raises(UsageError, match=r"layer must lie in 0 \.\. 1; got 2"):
        run_report(folder, layer=2)


def test_without_factors_it_says_so(tmp_path: Path) -> None:
    text = run_report(write_run(tmp_path / "run", factors=False)).read_text(encoding="utf-8")
    assert "No factors to compare with" in text
    assert "5 of 10 latents say more than 0.1 nat" in text


def test_a_metric_with_options_tells_what_was_learned_too(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    arrays = dict(RunDirectory(folder).read_tensors(ARRAYS))
    arrays["mig(bins=5)/information/0"] = arrays.pop("mig/information/0")
    RunDirectory(folder).write_tensors(ARRAYS, arrays)
    assert "z0 carries posX (2.1 of 3.5 nats)." in run_report(folder).read_text(encoding="utf-8")


def test_a_run_that_was_only_begun_still_has_a_report(tmp_path: Path) -> None:
    from tests.report.sample_run import config

    run = RunDirectory(tmp_path / "run")
    run.write_config(config())
    run.write_status(state="failed", step=40, steps=12000, message="DivergedError: <loss> was nan")
    text = run_report(run.path).read_text(encoding="utf-8")
    assert "failed at step 40 of 12,000: DivergedError: &lt;loss&gt; was nan" in text
    assert "Not evaluated yet." in text


def test_a_term_that_was_never_finite_is_left_out_of_the_curves(tmp_path: Path) -> None:
    run = RunDirectory(write_run(tmp_path / "run"))
    (run / LOG).unlink()
    for step in (1, 2):
        run.append_log({"step": step, "loss/model": 5.0 / step, "penalty": float("nan")})
    text = run_report(run.path).read_text(encoding="utf-8")
    assert "loss during training; at the end: loss/model 2.500." in text
    assert "penalty during training" not in text


def test_same_files_same_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    assert run_report(folder).read_bytes() == run_report(folder).read_bytes()


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a run folder must hold"):
        run_report(tmp_path)


def test_positions_are_mapped_where_the_factors_have_them(flat: str, tmp_path: Path) -> None:
    assert "<h2>Where each latent points</h2>" in flat
    text = run_report(write_run(tmp_path / "run", factors=False)).read_text(encoding="utf-8")
    assert "<h2>Where each latent points</h2>" not in text


def test_bars_beside_traversals_name_the_scores_that_were_computed(flat: str, tmp_path: Path) -> None:
    assert "with bars for share known of each factor" in flat
    folder = write_run(tmp_path / "run")
    arrays = RunDirectory(folder).read_tensors(ARRAYS)
    information = arrays["mig/information/0"]
    more = {"spearman/correlation/0": information / 3, "dci_joint/importance/0": information / 3}
    RunDirectory(folder).write_tensors(ARRAYS, {**arrays, **more})
    assert "with bars for |Spearman|, importance of each factor" in run_report(folder).read_text(encoding="utf-8")


def test_every_active_latent_has_a_knob_of_equal_reach_to_both_sides(tmp_path: Path) -> None:
    text = run_report(write_run(tmp_path)).read_text(encoding="utf-8")
    assert "Each active latent by itself, from −2.5 to +2.5 standard deviations" in text
    assert text.count('<div class="knob">') == int((nats(10)[:5] > 0.1).sum())
    assert 'aria-label="Value of z0"' in text
    assert 'aria-label="Image as z0, posX, goes from −2.5 to +2.5"' in text


def test_floors_stand_beside_scores_and_chance_is_warned_of(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    table = RunDirectory(folder).read_table(METRICS)
    floors = {"mig": (0.1, 0.01, 1 / 3, ""), "sap": (0.07, 0.002, 0.001, "no more than chance: 0.070")}
    for column, number in zip(("floor", "floor_error", "above", "note"), range(4), strict=True):
        known = {name: values[number] for name, values in floors.items()}
        table[column] = [known.get(name) if not part else None for name, part in table[["metric", "part"]].to_numpy()]
    table["permutations"] = [
        3.0 if name in floors and not part else None for name, part in table[["metric", "part"]].to_numpy()
    ]
    RunDirectory(folder).write_table(METRICS, table)
    page = run_report(folder).read_text(encoding="utf-8")
    assert "floor 0.100 · above chance 0.333" in page
    assert "no more than chance: 0.070" in page
    assert "Within two standard deviations of what permuted rows score, so no more than chance: " in page
    assert page.split("so no more than chance: ")[1].split("<")[0] == "SAP."


def test_a_run_scored_without_floors_warns_of_nothing(flat: str) -> None:
    assert "above chance" not in flat.lower()
    assert "permuted" not in flat


def test_copies_are_named_on_the_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    run = RunDirectory(folder)
    arrays, note = run.read_tensors(REPRESENTATION), run.read_note(REPRESENTATION)
    arrays["code"][:, 3] = -2 * arrays["code"][:, 1]
    run.write_tensors(REPRESENTATION, arrays, note)
    assert "Latents z1 and z3 are copies of each other." in run_report(folder).read_text(encoding="utf-8")


def test_the_checks_of_the_run_stand_on_its_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", layers=(4, 2))
    page = run_report(folder).read_text(encoding="utf-8")
    assert "Not taken yet: <code>unbraid evaluate RUN</code> takes them." in page
    rows = [
        ("check/active_latents", 0, "", 3.0, "", "of 4; 2,000 rows seen in training"),
        ("check/active_latents", 1, "", 0.0, "", "of 2; 2,000 rows seen in training"),
        ("check/plateau", 0, "", None, "1 rows of the log are too few for fifths of the training", ""),
        ("check/probe_above", 0, "posX", 0.9, "", ""),
        ("heldout/kl", 0, "", 12.345, "", "2,000 rows seen in training"),
    ]
    table = pd.DataFrame(rows, columns=["check", "layer", "part", "value", "reason", "note"])
    RunDirectory(folder).write_table(CHECKS, table.assign(digest="x"))
    RunDirectory(folder).write_status(threads=2)
    page = run_report(folder).read_text(encoding="utf-8")
    shown = re.sub(r"<[^>]+>", " ", page[page.index("<h2>Checks") :])
    text = " ".join(shown.split())
    assert "latents above 0.01 nat at least 1 3 / 0 of 4; 2,000 rows seen in training; of 2; 2,000 rows" in text
    assert "at most 0.05 1 rows of the log are too few for fifths of the training" in text
    assert "its KL in nats, all latents 12.3 2,000 rows seen in training" in text
    assert 'class="failed">3 / 0<' in page
    assert "device cpu, 2 threads" in page
    Page(page)


def labelled_run(folder: Path, shuffled: bool = False) -> Path:
    """A run on labels as people have them: real-valued, circular, text, partly missing."""
    draws = np.random.default_rng(5)
    age, angle = draws.normal(40, 8, 500), draws.uniform(0, 360, 500)
    word = np.array(["ball", "cone", "cube"])[draws.integers(3, size=500)]
    columns = [
        -age / 8,
        np.unique(word, return_inverse=True)[1] - 1.0,
        np.cos(np.radians(angle)),
        draws.normal(size=500),
    ]
    code = np.stack(columns, axis=1) + draws.normal(0, 0.2, (500, 4))
    order = draws.permutation(500) if shuffled else np.arange(500)
    gaps = np.where(draws.random(500) < 0.3, np.nan, age)
    table = {"age": age[order], "word": word[order], "angle": angle[order], "gaps": gaps[order]}
    labels = read_labels(table, kinds={"angle": "circular:360"})
    run = RunDirectory(write_run(folder, layers=(4,), factors=False))
    note = {**run.read_note(REPRESENTATION), "factors": [asdict(factor) for factor in labels.space.factors]}
    assert labels.missing is not None
    arrays = {"code": code.astype(np.float32), "factors": labels.factors, "missing": labels.missing}
    run.write_tensors(REPRESENTATION, arrays, note)
    return folder


def test_labels_of_every_kind_stand_in_headline_bars_and_matrix(tmp_path: Path) -> None:
    """No score has arrays here: the section vanished then, and continuous factors always."""
    text = run_report(labelled_run(tmp_path / "run")).read_text(encoding="utf-8")
    lead = text.split('class="lead">')[1].split("</p>")[0]
    assert lead.startswith("It learned word (z1), ")
    for name in ("age (z0)", "angle", "gaps (z0)"):
        assert name in lead
    assert "z0 carries age (1." in text
    assert "by chance" in text
    assert "Share of each factor’s entropy that latents know; best: age z0" in text
    assert "<h2>Latents beside labels</h2>" in text
    assert "<b>z0 −0.98</b>" in text
    assert "η² · 500 rows" in text
    assert "R² of sine and cosine" in text


def test_the_colours_of_the_matrix_are_shares_of_each_factor_s_entropy(flat: str) -> None:
    """In nats, a factor of three levels looked unknown beside one of forty even where all of it was carried."""
    line = re.findall(r"z0 carries posX.*?<span>(\d+) %</span>", flat)[0]
    (best,) = re.findall(r"latents know; best: (.*?)\.</title>|latents know; best: (.*?)\.\"", flat)
    assert f"posX z0 0.{line}" in "".join(best)


def test_shuffled_labels_are_learned_by_no_latent(tmp_path: Path) -> None:
    """It said 'It learned age … spread over several' of what the biased estimate reads on shuffled rows as well."""
    text = run_report(labelled_run(tmp_path / "run", shuffled=True)).read_text(encoding="utf-8")
    assert "It captured no factor (" in text
    assert "no latent knows clearly more of them than of shuffled ones." in text
    for claim in ("It learned", "is spread over", " carries age", "begins to carry"):
        assert claim not in text


def test_latents_that_say_nothing_of_images_know_no_factor(tmp_path: Path) -> None:
    """Means of a collapsed run differ in their last digits, so that bins tell them apart."""
    config = RunConfig("toy", {"name": "mlp", "latents": 2, "hidden": 8}, objective="vae", steps=2)
    run = fit(config, tmp_path / "run", progress=False)
    run.evaluate("active_latents", progress=False)
    note, tensors = run.folder.read_note(REPRESENTATION), run.folder.read_tensors(REPRESENTATION)
    levels = tensors["factors"].astype(np.float32)
    tensors["code"], tensors["logvar"] = 1e-4 * levels[:, :2], np.zeros((len(levels), 2), np.float32)
    run.folder.write_tensors(REPRESENTATION, tensors, note)
    arrays = run.folder.read_tensors(ARRAYS) | {"kl/0": np.array([1e-5, 1e-5], np.float32)}
    run.folder.write_tensors(ARRAYS, arrays, run.folder.read_note(ARRAYS))
    text = run.report().read_text(encoding="utf-8")
    assert "It captured no factor (x, y and brightness)" in text
    assert "x is not captured: the best latent knows 0.0 of 1.8 nats" in text
    assert "Where each latent points" not in text
    arrays["kl/0"][0] = 2.0
    run.folder.write_tensors(ARRAYS, arrays, run.folder.read_note(ARRAYS))
    text = run.report().read_text(encoding="utf-8")
    assert "It learned x (z0) in a latent of its own; y and brightness hardly at all." in text
    assert "Where each latent points" in text


def test_below_each_other_scores_say_their_layer(layered: str) -> None:
    assert re.findall(r'<td class="value" data-label="(layer \d)"><b>', layered)[:2] == ["layer 0", "layer 1"]
    assert "attr(data-label)" in layered
