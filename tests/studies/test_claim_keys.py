"""What a claim may say of its runs: controls, required checks, how scores are read, and that it came after the runs."""

import pytest

from tests.studies.samples import tiny
from unbraid.core import UsageError
from unbraid.studies import Bounds, Claim, PostHoc, fewest_seeds, shipped, unmatched


def claim(kind: str = "below", **keys: object) -> Claim:
    asks = {
        "below": {"metric": "m", "where": {}, "threshold": 0.5},
        "larger": {"metric": "m", "larger": {}, "smaller": {}, "smallest_effect": 0.1},
        "best": {"metric": "m", "best": {}, "among": [{}, {}, {}], "smallest_effect": 0.1},
        "agree": {"metrics": ["m", "n"], "threshold": 0.5},
    }
    return Claim.of({"says": "it is so", "kind": kind, **asks[kind], **keys})


def test_a_baseline_is_of_the_runs_that_it_is_made_for() -> None:
    pca = claim(control={"baseline": "pca", "model": "towers"})
    assert unmatched(pca, [{"model": "towers"}]) == []
    assert unmatched(pca, [{"model": "mlp"}]) == ["control: baseline pca, model towers"]


def test_a_claim_that_says_nothing_is_read_above_chance_and_has_no_control() -> None:
    plain = claim()
    assert (plain.reads, plain.control, plain.requires, plain.post_hoc) == ("above", None, {}, None)


def test_what_a_claim_may_say() -> None:
    said = claim(
        control={"objective": "vae"},
        requires={"active_latents": {"least": 2}, "critic_share": {"least": 0.5, "most": 1.5}, "plateau": None},
        reads="value",
        explore="three\nseeds",
        post_hoc={"date": "2026-11-26", "why": "the paper says\n  in very few cases"},
    )
    assert said.control == {"objective": "vae"}
    assert said.requires == {"active_latents": Bounds(2), "critic_share": Bounds(0.5, 1.5), "plateau": None}
    assert str(said.requires["critic_share"]) == "at least 0.5 and at most 1.5"
    assert Bounds(most=1).holds(1)
    assert not Bounds(least=2).holds(1)
    assert (said.reads, said.explore) == ("value", "three seeds")
    assert said.post_hoc == PostHoc("2026-11-26", "the paper says in very few cases")
    assert claim("agree", control={"metrics": ["m", "o"]}).control == {"metrics": ["m", "o"]}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"absent": 0.0}, "an imputed value decides nothing, so 'absent' is no key of a claim; got absent: 0.0; leave"),
        ({"metric": "log/kl"}, "evaluation mode on held-out rows, .*; got 'log/kl'; write heldout/kl"),
        ({"control": "vae"}, r"control must be the settings of the runs that must pass, .*; got 'vae'"),
        ({"control": {}}, "control must be the settings of the runs that must pass"),
        ({"control": {"metrics": ["m", "n"]}}, "of a claim of kind agree or disagree; got .* of kind below"),
        ({"requires": ["active_latents"]}, "requires must be a mapping of checks"),
        ({"requires": {"active_latent": {"least": 1}}}, "check must be one of: .*Did you mean 'active_latents'"),
        ({"requires": {"plateau": 0.1}}, r"required of plateau must be \{least: number\}.*; got 0.1; write null"),
        ({"requires": {"plateau": {"most": True}}}, "required of plateau must be"),
        ({"requires": {"plateau": {"up_to": 1}}}, "required of plateau must be"),
        ({"explore": True}, "explore must say why its runs decide nothing; got True; write explore"),
        ({"reads": "raw"}, "reads must be one of: above, value; got 'raw'"),
        ({"post_hoc": True}, "post_hoc must have a date and why; got True; write {date: 2026-11-26"),
        ({"post_hoc": {"date": "yesterday", "why": "x"}}, "date of post_hoc must be YYYY-MM-DD; got 'yesterday'"),
    ],
)
def test_what_a_claim_is_refused_for(keys: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        claim(**keys)


def test_a_study_requires_of_all_its_runs(tmp_path) -> None:
    assert tiny(tmp_path).requires == {}
    assert tiny(tmp_path, requires={"plateau": {"most": 0.1}}).requires == {"plateau": Bounds(most=0.1)}
    with pytest.raises(UsageError, match=r"tiny\.yaml: check must be one of"):
        tiny(tmp_path, requires={"plato": {"most": 0.1}})


def test_a_control_that_no_run_is_stands_among_what_no_run_has() -> None:
    asked = claim(where={"objective": "a"}, control={"objective": "c", "layer": 1})
    assert unmatched(asked, [{"objective": "a"}]) == ["control: objective c, layer 1"]
    assert unmatched(asked, [{"objective": "a"}, {"objective": "c"}]) == []
    assert unmatched(claim("agree", control={"metrics": ["m", "o"]}), [{}]) == []


@pytest.mark.parametrize(
    ("kind", "claims", "seeds"),
    [
        ("larger", 1, 6),  # 1 / 924
        ("larger", 23, 6),
        ("larger", 24, 7),  # 24 / 924 is above .025, 24 / 3432 below
        ("best", 7, 6),
        ("best", 8, 7),  # three rivals: the smallest p of the opposite is 3 / 924
        ("below", 40, 6),
        ("agree", 40, 6),
    ],
)
def test_the_fewest_seeds_that_can_decide(kind: str, claims: int, seeds: int) -> None:
    assert fewest_seeds(claim(kind), claims) == seeds
    assert fewest_seeds(claim(kind), claims, two_peaks=True) == max(seeds, 10)


def test_layers_of_a_run_take_ten_runs_for_fourteen_claims() -> None:
    rise = Claim.of({"says": "it rises", "kind": "by_layer", "metric": "m", "direction": "up", "smallest_effect": 0.5})
    assert fewest_seeds(rise, 14) == 10
    assert fewest_seeds(rise, 1) == 6


def test_no_shipped_study_says_what_is_refused() -> None:
    from unbraid.studies import load_study

    assert all(load_study(name) for name in shipped())
