"""The study report: verdicts, intervals, figures, missing scores."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.report.test_run_report import Page
from unbraid.core import Spec
from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.report import study_report
from unbraid.report.study._decisions import Decision
from unbraid.report.study._notices import Notice
from unbraid.studies import Claim, Study, judge

BESIDE = ("In the paper's units β 4 is 16.", "post hoc (declared today: it was seen)", "9 seeds")

CLAIMS = (
    Claim.of(
        {
            "says": "β = 4 has the higher MIG than β = 1",
            "where_printed": "table 1",
            "kind": "larger",
            "metric": "mig",
            "larger": {"objective.beta": 4.0},
            "smaller": {"objective.beta": 1.0},
            "smallest_effect": 0.05,
            "reads": "value",
        }
    ),
    Claim.of(
        {
            "says": "SAP falls with β",
            "kind": "trend",
            "metric": "sap",
            "axis": "objective.beta",
            "direction": "down",
            "smallest_effect": 0.3,
            "why": "the paper shows a plot only",
            "reads": "value",
        }
    ),
    Claim.of(
        {
            "says": "a score nobody has",
            "kind": "above",
            "metric": "dci",
            "where": {},
            "threshold": 0.5,
            "reads": "value",
        },
    ),
)


def study(**changes: object) -> Study:
    fields: dict = {
        "name": "little",
        "title": "Does <β> help?",
        "paper": "A paper (2019), table 1",
        "about": "32 x 32 instead of 64 x 64.",
        "scale": "pocket",
        "base": {"data": {"name": "dsprites", "resolution": 32}},
        "grid": ({"objective.beta": [1.0, 4.0, 16.0]},),
        "seeds": (0, 1, 2),
        "metrics": (Spec("mig"), Spec("sap"), Spec("dci")),
        "rows": 1000,
        "every": 0,
        "claims": CLAIMS,
    }
    return Study(**{**fields, **changes})


def frame(layers: int = 1) -> pd.DataFrame:
    rng, rows = np.random.default_rng(0), []
    for beta in (1.0, 4.0, 16.0):
        for seed in range(3):
            for layer in range(layers):
                run = {
                    "run": f"beta_vae-{beta:g}-s{seed}",
                    "group": f"b{beta:g}",
                    "label": f"beta={beta:g}",
                    "seed": seed,
                    "objective": "beta_vae",
                    "objective.beta": beta,
                    "axis/objective.beta": beta,
                    "layer": layer,
                    "part": "",
                }
                mig = {1.0: 0.1, 4.0: 0.4, 16.0: 0.2}[beta] + rng.normal(0, 0.01)
                rows.append({**run, "metric": "mig", "value": mig, "reason": None})
                rows.append({**run, "metric": "mig", "part": "posX", "value": 0.7, "reason": None})
                rows.append({**run, "metric": "sap", "value": 0.05 - 0.001 * beta, "reason": None})
                rows.append({**run, "metric": "dci", "value": np.nan, "reason": "dci needs 100 rows; got 50."})
    return pd.DataFrame(rows)


def write(path: Path, table: pd.DataFrame, **options: object) -> str:
    decisions = [Decision(judge(claim, table), 6, 6, *BESIDE) for claim in CLAIMS] if len(table) else []
    return study_report(study(), table, decisions, path, **options).read_text(encoding="utf-8")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    extra = {"KL of the best run": kl_per_latent(np.array([1.0, 0.5]))}
    notices = [Notice("Unfinished", "Made at 7 of 9 runs.", urgent=True), Notice("Provenance", "Not recorded.")]
    write(folder / "report.html", frame(), figures=extra, notices=notices)
    return folder


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_what_a_reader_must_know_comes_first_and_then_what_the_runs_can_tell(text: str) -> None:
    assert '<p class="warning"><b>Unfinished.</b> Made at 7 of 9 runs.</p>' in text
    assert '<p class="notice"><b>Provenance.</b> Not recorded.</p>' in text
    places = [
        text.index(words) for words in ("Unfinished", "What these runs can tell", "<h2>Claims</h2>", "<h2>Scores")
    ]
    assert places == sorted(places)
    assert "not measured" in text
    assert '<span class="stamp">post hoc (declared today: it was seen)</span>' in text
    assert "In the paper's units β 4 is 16." in text.replace("&#39;", "'")
    assert "To decide: 9 seeds." in text


def test_the_page_stands_alone(text: str) -> None:
    page = Page(text)
    assert not page.open
    assert set(page.outside) == {"report-figures.html"}  # beside it
    assert not page.unnamed
    assert len(set(page.ids)) == len(page.ids)


def test_each_claim_has_its_verdict_with_an_interval(text: str, tmp_path: Path) -> None:
    assert "Does &lt;β&gt; help?" in text
    assert '<div class="verdict undecided">undecided</div>' in text
    assert "<dd>0.298 [−∞, ∞]</dd>" in text  # three runs an arm have no interval
    assert "3 runs in an arm, and 6 are the least" in text
    assert "<dt>counts from</dt><dd>0.050</dd>" in text
    assert "<dt>Holm</dt><dd>" in text
    assert "the paper shows a plot only" in text
    assert '<b class="undecided">3</b>' in text
    many = [
        frame().assign(run=lambda t, k=k: t["run"] + f"+{k}", value=lambda t, k=k: t["value"] + 0.001 * k)
        for k in (0, 1)
    ]
    page = write(tmp_path / "six.html", pd.concat(many, ignore_index=True))
    assert re.search(r"<dd>0\.29\d \[0\.2\d+, 0\.3\d+\]</dd>", page)
    assert '<div class="verdict reproduced">reproduced</div>' in page


def test_scores_stand_with_intervals_and_missing_ones_with_their_reason(text: str) -> None:
    assert "<small>3 runs</small>" in text
    assert "0.049" in text
    assert "dci in 9 runs: dci needs 100 rows; got 50." in text
    assert "3 missing" in text


def test_three_figures_appear_on_the_page_and_all_on_one_that_it_links(text: str, folder: Path) -> None:
    figures = (folder / "report-figures.html").read_text(encoding="utf-8")
    assert 'href="report-figures.html"' in text
    assert 'href="report.html"' in figures
    for heading in ("Side by side", "Along the grid", "Do the scores agree?"):
        assert f"<h2>{heading}</h2>" in text
        assert f"<h2>{heading}</h2>" in figures
    assert "<h2>KL of the best run</h2>" in figures
    assert "<h2>KL of the best run</h2>" not in text
    assert "<h2>Over training</h2>" not in figures


def test_scores_over_training_and_layers(tmp_path: Path) -> None:
    steps = pd.concat([frame().assign(step=step) for step in (100, 200)])
    text = write(tmp_path / "report.html", frame(layers=2), training=steps)
    assert "<h2>Over training</h2>" in text
    assert "beta=4, layer 1" in text
    assert "<h2>Along the grid</h2>" not in text


def test_a_score_with_options_is_drawn_as_well(tmp_path: Path) -> None:
    table = frame().replace({"metric": {"mig": "mig(bins=5)"}})
    metrics = (Spec("mig", {"bins": 5}), Spec("sap"))
    text = study_report(study(metrics=metrics), table, [], tmp_path / "report.html").read_text(encoding="utf-8")
    assert "intervals of mig(bins=5), sap for each group" in text


def test_a_study_without_finished_runs_says_so(tmp_path: Path) -> None:
    text = write(tmp_path / "report.html", pd.DataFrame(columns=["metric", "part", "value", "run"]))
    assert "No run is finished yet." in text


def test_equal_runs_and_runs_with_two_peaks_are_said(text: str, tmp_path: Path) -> None:
    assert text.count("all runs equal") == 3  # SAP, which depends on β alone
    assert "Student’s 95 % interval" in text
    assert "two peaks" not in text
    more = frame().assign(run=lambda table: table["run"] + "+", seed=lambda table: table["seed"] + 3)
    six = pd.concat([frame(), more], ignore_index=True)
    six["value"] = six["value"] + 0.004 * six["seed"]
    six.loc[(six["metric"] == "mig") & (six["objective.beta"] == 1.0) & (six["seed"] > 2), "value"] = 0.9
    page = write(tmp_path / "page.html", six)
    assert page.count("two peaks: neither mean nor interval says where the runs lie") == 1


def test_floors_stand_below_the_means(tmp_path: Path) -> None:
    table = frame()
    scored = (table["metric"] == "mig") & (table["part"] == "")
    floors = table.assign(floor=np.where(scored, 0.1, np.nan), above=np.where(scored, 0.25, np.nan))
    page = write(tmp_path / "page.html", floors)
    assert "floor 0.100 · above chance 0.250" in page
    assert "no more than chance" not in page
    noted = floors.assign(note=np.where(scored & (floors["objective.beta"] == 1.0), "no more than chance: 0.1", None))
    runs = int((scored & (floors["objective.beta"] == 1.0)).sum())
    page = write(tmp_path / "page.html", noted)
    assert page.count(f"{runs} of {runs} no more than chance") == 1
    assert "above chance" not in write(tmp_path / "page.html", table)
