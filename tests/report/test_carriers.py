"""What is said to be learned follows from the mutual information alone."""

import numpy as np

from unbraid.report._carriers import (
    activity_clause,
    carrier_sentence,
    carriers,
    latent_labels,
    learned_sentence,
    separation_clause,
)


def test_a_latent_is_called_by_what_it_carries_and_not_by_what_it_begins_to() -> None:
    information = np.array([[1.9, 0.5], [0.0, 0.0]])
    known = carriers(information, ("scale", "shape"), np.full(2, 2.0))
    assert learned_sentence(known).startswith("It learned scale (z0) in a latent of its own; shape in part")
    assert latent_labels(known, 2) == ["scale", ""]


def test_each_verdict_from_a_table_worked_by_hand() -> None:
    entropies = np.full(4, 2.0)
    information = np.array(
        [
            [1.6, 0.0, 0.9, 0.05],  # all of "whole"; half of "split"
            [0.1, 0.5, 0.8, 0.02],  # begins "some"; the other half of "split"
        ]
    )
    known = carriers(information, ["whole", "some", "split", "gone"], entropies)
    assert [(carrier.factor, carrier.capture) for carrier in known] == [
        ("whole", "carried"),
        ("some", "partly"),
        ("split", "shared"),
        ("gone", "lost"),
    ]
    assert carrier_sentence(known[0]) == "z0 carries whole (1.6 of 2.0 nats)."
    assert carrier_sentence(known[1]) == "z1 begins to carry some (0.5 of 2.0 nats)."
    assert carrier_sentence(known[2]) == "split is spread over z0 and z1 (0.9 of 2.0 nats in the best)."
    assert carrier_sentence(known[3]) == "gone is hardly captured: the best latent knows 0.05 of 2.00 nats."
    assert latent_labels(known, 2) == ["whole", "some"]
    assert learned_sentence(known) == (
        "It learned whole (z0) in a latent of its own; some and split in part or spread over several; "
        "gone hardly at all."
    )
    assert separation_clause(known) == "1 of 4 factors in a latent of their own (whole)"
    assert learned_sentence([]) == separation_clause([]) == ""


def test_a_factor_that_never_varies_is_left_out() -> None:
    assert carriers(np.ones((2, 2)), ["a", "b"], np.array([1.0, 0.0]))[0].factor == "a"
    assert len(carriers(np.ones((2, 2)), ["a", "b"], np.array([0.0, np.nan]))) == 0


def test_one_latent_has_no_runner_up() -> None:
    known = carriers(np.array([[0.9]]), ["a"], np.array([1.0]))
    assert known[0].second is None
    assert known[0].capture == "carried"


def test_activity_counts_latents_over_a_tenth_of_a_nat() -> None:
    assert activity_clause(np.array([2.0, 0.2, 0.1, 0.0])) == "2 of 4 latents say more than 0.1 nat, 2.3 nats together"
