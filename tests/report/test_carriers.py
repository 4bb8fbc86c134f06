"""What is said to be learned follows from the mutual information alone."""

import numpy as np

from unbraid.report.run._carriers import activity, findings, labels, learned, own, sentence


def test_each_verdict_from_a_table_worked_by_hand() -> None:
    entropies = np.full(4, 2.0)
    information = np.array(
        [
            [1.6, 0.0, 0.9, 0.05],  # all of "own"; half of "split"
            [0.1, 0.5, 0.8, 0.02],  # begins "some"; the other half of "split"
        ]
    )
    found = findings(information, ["own", "some", "split", "gone"], entropies)
    assert [(each.factor, each.verdict) for each in found] == [
        ("own", "carried"),
        ("some", "partly"),
        ("split", "shared"),
        ("gone", "lost"),
    ]
    assert sentence(found[0]) == "Latent 0 carries own (1.6 of 2.0 nats)."
    assert sentence(found[1]) == "Latent 1 begins to carry some (0.5 of 2.0 nats)."
    assert sentence(found[2]) == "split is spread over latents 0 and 1 (0.9 of 2.0 nats in the best)."
    assert sentence(found[3]) == "gone is hardly captured: the best latent knows 0.1 of 2.0 nats."
    assert labels(found, 2) == ["own", "some"]
    assert learned(found) == (
        "It learned own (latent 0) in a latent of its own; some and split in part or spread over several; "
        "gone hardly at all."
    )
    assert own(found) == "1 of 4 factors in a latent of their own (own)"
    assert learned([]) == own([]) == ""


def test_a_factor_that_never_varies_is_left_out() -> None:
    assert findings(np.ones((2, 2)), ["a", "b"], np.array([1.0, 0.0]))[0].factor == "a"
    assert len(findings(np.ones((2, 2)), ["a", "b"], np.array([0.0, np.nan]))) == 0


def test_one_latent_has_no_runner_up() -> None:
    found = findings(np.array([[0.9]]), ["a"], np.array([1.0]))
    assert found[0].second is None
    assert found[0].verdict == "carried"


def test_activity_counts_latents_over_a_tenth_of_a_nat() -> None:
    assert activity(np.array([2.0, 0.2, 0.1, 0.0])) == "2 of 4 latents say more than 0.1 nat, 2.3 nats together"
