"""The table of methods on 80 columns, in Markdown and in LaTeX, and tables that have more columns than room."""

from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from tests.studies.test_methods import FAR, LOW, NEAR, baselines, runs
from unbraid.cli._frames import print_frame
from unbraid.cli._methods import methods_latex, methods_markdown, print_methods, write_methods
from unbraid.cli._tables import latex, markdown
from unbraid.studies import methods_table, methods_text

NAMES = ["mig", "sap", "a_score_with_a_long_name(bins=5)", "dci_fast", "modularity", "explicitness"]
LONG = "objective=beta_vae/beta 0.000316/reduction mean data=xysquares/spacing 8 model=mlp/latents 25"


def table() -> pd.DataFrame:
    frame = baselines(runs(**{LONG: FAR, "b": NEAR, "c": LOW}), pca=[0.2]).assign(floor=0.05)
    return methods_table(pd.concat([frame.assign(metric=name) for name in NAMES]), NAMES)


def printed(width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        print_methods(console, table())
    return capture.get().splitlines()


def test_eighty_columns_hold_it_and_no_word_is_broken() -> None:
    lines = printed(80)
    assert max(map(len, lines)) <= 80
    cells = {word for line in lines for word in line.split()}
    assert {*LONG.replace("\n", " ").split(), "0.910", "0.020*" if "0.020*" in cells else "0.025*"} <= cells
    assert all(len(line.strip()) != 1 for line in lines)  # letters under each other
    assert sum("method" in line for line in lines) > 1
    heads = [word for line in lines if line.startswith("method") for word in line.split()[2:]]
    assert heads == ["mig", "sap", "[1]", "dci_fast", "modularity", "explicitness"]
    assert "[1] a_score_with_a_long_name(bins=5)" in lines
    assert any(line.startswith("* the best, and what is not shown to be worse") for line in lines)
    assert len(printed(200)) < len(lines)


def test_latex_has_booktabs_bold_and_rules_between_kinds() -> None:
    text = methods_latex(methods_text(methods_table(baselines(runs(a_b=FAR, c=LOW), pca=[0.2]).assign(floor=0.05))))
    lines = text.splitlines()
    assert [line for line in lines if "rule" in line] == [
        r"\toprule",
        r"\midrule",
        r"\midrule",
        r"\midrule",
        r"\bottomrule",
    ]
    assert r"a\_b & 3 & \textbf{0.910 $\pm$ 0.025} \\" in lines
    assert r"c & 3 & 0.110 $\pm$ 0.025 \\" in lines
    assert r"pca & 1 & 0.200 \\" in lines
    assert lines[-4:-2] == [r"\midrule", r"chance &  & 0.050 \\"]
    assert lines[0].startswith("% mean ± half of Student's 95 % interval")
    assert all(line.isascii() for line in lines if not line.startswith("%"))


def test_markdown_has_bold_and_notes(tmp_path: Path) -> None:
    text = methods_markdown(methods_text(methods_table(runs(a=FAR, c=LOW))))
    assert text.splitlines()[:4] == [
        "| method | runs | mig |",
        "| --- | --- | --- |",
        "| a | 3 | **0.910 ± 0.025** |",
        "| c | 3 | 0.110 ± 0.025 |",
    ]
    assert "bold: the best" in text
    write_methods(methods_table(runs(a=FAR, c=LOW)), tmp_path / "table.csv")
    written = pd.read_csv(tmp_path / "table.csv")
    assert written["mig best"].tolist() == [True, False]
    assert written["mig"].tolist() == [0.91, 0.11]


TIDY = pd.DataFrame(
    {"axis/objective.beta": [0.000316, 4.0], "optimizer.lr": [1.0e-5, None], "value": [0.123456, 0.2], "metric": "mig"}
)


def test_settings_are_not_rounded() -> None:
    assert "| 0.000316 | 1e-05 | 0.123 | mig |" in markdown(TIDY)
    assert r"0.000316 & 1e-05 & 0.123 & mig \\" in latex(TIDY)
    console = Console(width=80)
    with console.capture() as capture:
        print_frame(console, TIDY)
    assert capture.get().splitlines()[1].split() == ["mig", "0.123", "0.000316", "1e-05"]


def test_columns_that_have_no_room_are_named_and_the_others_whole() -> None:
    wide = TIDY.assign(**{f"model.an_option_with_a_long_name_{k}": 0.5 for k in range(5)}, empty=None, label=LONG)
    console = Console(width=80)
    with console.capture() as capture:
        print_frame(console, wide)
    lines = capture.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split()[:3] == ["label", "metric", "value"]
    assert "empty" not in capture.get()
    said = " ".join(" ".join(lines).split())
    assert "not shown, for want of width:" in said
    assert "model.an_option_with_a_long_name_4; a file has them: --out table.csv" in said


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_word_is_broken_and_what_is_not_known_says_why(width: int) -> None:
    label = "objective=beta_vae/beta 2.0"
    frame = pd.DataFrame(
        {"metric": ["log/reconstruction", "log/loss"], "label": label, "layer": 0, "mean": [140.3, None]}
    )
    frame = frame.assign(low=1.0, high=2.0, above=None, reason=["", "no quantity in common"])
    console = Console(width=width)
    with console.capture() as capture:
        print_frame(console, frame)
    text = capture.get()
    assert max(map(len, text.splitlines())) <= width
    assert {*label.split(), "log/reconstruction", "log/loss"} <= set(text.split())
    assert "layer" not in text.splitlines()[0]
    assert "no quantity in common" in " ".join(text.split())
