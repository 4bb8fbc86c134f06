"""The table that Abdi et al. (2019) print, added up again."""

import numpy as np
import pandas as pd
import pytest

from unbraid.metrics import normalised_sum
from unbraid.studies import Claim, judge, load_study

COLUMNS = ("dci_fast", "factor_vae_score", "sap", "mig", "irs")
METHODS = (  # objective, DIP type, table 1 and its last column
    ("beta_tcvae", "", (0.392, 0.458, 0.132, 0.203, 0.646), 4.706),
    ("factor_vae", "", (0.389, 0.449, 0.136, 0.203, 0.577), 4.611),
    ("beta_vae", "", (0.373, 0.501, 0.135, 0.212, 0.517), 4.599),
    ("info_vae", "", (0.381, 0.523, 0.128, 0.210, 0.514), 4.591),
    ("dip_vae", "I", (0.385, 0.587, 0.127, 0.188, 0.358), 4.351),
    ("dip_vae", "II", (0.359, 0.584, 0.111, 0.163, 0.340), 4.023),
)
ROUNDING = 0.006  # the sums were made from scores of more than the three digits printed


def printed_frame(runs: int) -> pd.DataFrame:
    """The table as the tidy frame of `runs` runs that all score as printed, above chance too."""
    rows = [
        {"metric": metric, "part": "", "layer": 0, "value": value, "seed": seed, "run": f"{objective}{kind}-{seed}"}
        | {"objective": objective, "objective.type": kind, "group": f"{objective}{kind}", "label": objective}
        for objective, kind, scores, _ in METHODS
        for metric, value in zip(COLUMNS, scores, strict=True)
        for seed in range(runs)
    ]
    return pd.DataFrame(rows).assign(above=lambda table: table["value"])


def test_the_printed_sums_are_those_of_the_printed_scores() -> None:
    sums = normalised_sum(np.array([scores for _, _, scores, _ in METHODS]))
    assert sums == pytest.approx([total for *_, total in METHODS], abs=ROUNDING)


def test_the_papers_claims_hold_for_its_own_table() -> None:
    frame, claims = printed_frame(6), load_study("abdi-2019").claims
    about_sums = [claim for claim in claims if claim.kind == "best_sum"]
    judged = [judge(claim, frame) for claim in about_sums]
    assert [verdict.verdict for verdict in judged] == ["reproduced", "reproduced"]
    assert {verdict.effect.remark for verdict in judged} == {"all runs equal"}
    assert judged[0].effect.estimate == pytest.approx(4.706 - 4.611, abs=2 * ROUNDING)
    assert judged[1].effect.estimate == pytest.approx(4.351 - 4.023, abs=2 * ROUNDING)
    about_scores = [claim for claim in claims if claim.kind == "larger"]
    assert [judge(claim, frame).verdict for claim in about_scores] == ["reproduced", "reproduced"]


def test_another_best_is_not_reproduced() -> None:
    asks = {"best": {"objective": "beta_vae"}, "among": [{"objective": "beta_tcvae"}, {"objective": "factor_vae"}]}
    asks |= {"smallest_effect": 0.05, "control": {"objective": "beta_tcvae"}}
    claim = Claim.of({"says": "β-VAE is best", "kind": "best_sum", "metrics": list(COLUMNS), **asks})
    judged = judge(claim, printed_frame(6))
    assert (judged.verdict, judged.p <= 0.025) == ("not testable", True)  # the control is among the rivals
    assert "the best of the others" in judged.reason
