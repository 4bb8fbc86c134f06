"""Kinds of claims are files: their signatures say which keys they take, and others may bring their own."""

import re
import textwrap
from inspect import Parameter
from pathlib import Path

import pytest

from tests.studies.outside_claims import exactly
from tests.studies.samples import scores
from unbraid.core import UsageError, context_of, load_entry, names, options_of
from unbraid.studies import Claim, judge, load_study, shipped, sides, unmatched

KINDS = {
    "larger": ("metric", "larger", "smaller"),
    "no_better": ("metric", "better", "than"),
    "best": ("metric", "best", "among"),
    "least": ("metric", "least", "among"),
    "order": ("metric", "order"),
    "above": ("metric", "where", "threshold"),
    "below": ("metric", "where", "threshold"),
    "nowhere_above": ("metric", "where", "threshold"),
    "rarely_above": ("metric", "where", "parts", "threshold", "most"),
    "trend": ("metric", "axis", "direction"),
    "by_layer": ("metric", "direction"),
    "by_factor": ("metric", "where"),
    "best_sum": ("metrics", "best", "among"),
    "agree": ("metrics", "threshold"),
    "disagree": ("metrics", "threshold"),
}  # what each requires
OUTSIDE = f"{exactly.__module__}:exactly"


def given(kind: str, **keys: object) -> dict:
    return {"says": "it is so", "kind": kind, **keys}


def test_the_kinds_are_the_files_and_ask_what_they_asked() -> None:
    required = {
        kind: tuple(key for key, p in options_of(load_entry("claims", kind)).items() if p.default is Parameter.empty)
        for kind in names("claims")
    }
    assert required == dict(sorted(KINDS.items()))
    assert {context_of(load_entry("claims", kind)) for kind in KINDS} == {("scores",)}


def test_the_page_about_studies_lists_every_kind_with_its_keys() -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in page.splitlines() if re.match(r"\| `\w+`", line)]
    keys = {kind: cells[1] for cells in rows for kind in re.findall(r"`(\w+)`", cells[0])}
    for kind in names("claims"):
        for key in options_of(load_entry("claims", kind)):
            assert key in ("metric", "lower_is_better") or f"`{key}`" in keys[kind], (kind, key)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (given("lager"), "claim 'it is so': kind must be one of: above, .*; got 'lager'; Did you mean 'larger'"),
        (given("larger", metric="m", larger={}), "claim 'it is so' of kind larger needs 'smaller'"),
        (
            given("best", metrik="m"),
            "claim 'it is so': key must be one of: says, .*; got 'metrik'; Did you mean 'metric'",
        ),
        (given("trend", metric="m", axis="a", direction="left"), "direction must be one of: up, down; got 'left'"),
        (given("trend", metric="m", axis="a", direction="up", layers=[1]), "key must be one of: .*; got 'layers'"),
        (given("best", metric="m", best={}, among=[], lower_is_better=1), "lower_is_better must be true or false"),
        (given("above", metric="m", where={}, threshold="1e-3"), r"threshold must be a number, and YAML reads"),
        (given("tests.studies.outside_claims:none", metric="m"), "must define 'none'"),
        (given(OUTSIDE, metric="m", group={}), "of kind .*exactly needs 'value'"),
        (given(OUTSIDE, metric="m", group={}, valeu=1.0), "got 'valeu'; Did you mean 'value'"),
    ],
)
def test_what_a_claim_is_refused_for(claim: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Claim.of(claim)


def test_a_kind_from_outside_works_like_ours() -> None:
    frame = scores(a=[0.49, 0.5, 0.51], b=[0.19, 0.2, 0.21])
    claim = Claim.of(given(OUTSIDE, metric="m", group={"objective": "a"}, value=0.45))
    assert sides(claim) == [{"objective": "a"}]
    assert unmatched(claim, [{"objective": "b"}]) == ["objective a"]
    verdict = judge(claim, frame)
    assert (verdict.verdict, verdict.reason, verdict.effect.runs) == ("reproduced", "m: 0.500 against 0.45", 3)
    far = Claim.of(given(OUTSIDE, metric="m", group={"objective": "b"}, value=0.45, margin=0.2))
    assert judge(far, frame).verdict == "not testable"  # no control shows that one could lie there


def test_the_kind_that_the_page_about_studies_shows_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    start = page.index("    from unbraid.studies import Effect, Scores")
    (tmp_path / "mykinds.py").write_text(textwrap.dedent(page[start : page.index("`unbraid study ledger`")]))
    monkeypatch.syspath_prepend(str(tmp_path))
    claim = Claim.of(given("mykinds:my_kind", metric="m", group={"objective": "a"}))
    verdict = judge(claim, scores(a=[0.4, 0.5, 0.6]))
    assert (verdict.verdict, verdict.reason) == ("reproduced", "m: 0.500")


def test_a_metric_may_be_given_by_name_and_options() -> None:
    claim = Claim.of(given("agree", metrics=[{"name": "mig", "bins": 5}, {"name": "mig", "bins": 20}], threshold=0.5))
    assert claim.metrics == ("mig(bins=5)", "mig")
    assert Claim.of(given("above", metric={"name": "mig", "bins": 5}, where={}, threshold=0)).metrics == (
        "mig(bins=5)",
    )


def test_the_claims_of_shipped_studies_keep_every_key() -> None:
    kinds = {claim.kind for name in shipped() for claim in load_study(name).claims}
    assert {"larger", "no_better", "best", "above", "nowhere_above", "trend", "by_layer", "best_sum"} <= kinds
    for name in shipped():
        for claim in load_study(name).claims:
            assert set(claim.asks) <= set(options_of(load_entry("claims", claim.kind)))
            assert claim.asks.keys().isdisjoint(
                {"says", "part", "layer", "control", "requires", "reads", "post_hoc", "why"}
            )
