"""The paper's units beside a claim, and the runs that it does not count, said once each."""

from unbraid.report.study._claims import excluded_text
from unbraid.report.study._conversions import of_claim
from unbraid.studies import load_study, planned_runs
from unbraid.studies.claims import Bounds
from unbraid.studies.claims._counted import Why, by_check


def test_settings_that_are_scaled_alike_share_their_reason() -> None:
    study = load_study("dubois-2019")
    said = of_claim(study, planned_runs(study))
    assert said == (
        "In the paper's units beta 0.25 is 1, 1 is 4, 1.6 is 6.4, 12.5 is 50, gamma 0.25 is 1, 1.6 is 6.4, 25 is 100, "
        "alpha 0.25 is 1 (a quarter of the pixels under a sum over pixels); "
        "capacity as here (nats of the codes, whatever the pixels)."
    )


def test_runs_that_fail_one_check_are_said_once_with_the_range_of_its_values() -> None:
    lost = [(f"factor_vae-{seed}", Why("critic_share", 4 + seed / 2, Bounds(most=1.5))) for seed in range(6)]
    not_counted = by_check((*lost, ("vae-0", Why("no check of critic_share"))))
    assert excluded_text(not_counted) == (
        "Not counted: factor_vae-0, factor_vae-1, factor_vae-2, factor_vae-3 and 2 more "
        "(critic_share 4 to 6.5, required at most 1.5); vae-0 (no check of critic_share)."
    )
    assert excluded_text({}) == ""
