import pandas as pd

from unbraid.evaluation import score_id
from unbraid.studies._former_methods import as_asked_today

FOREST = (
    '{"leaf": 10, "name": "dci_fast", "rows": 200, "seed": 0, "test": null, "test_rows": 5000, '
    '"train_rows": 10000, "trees": TREES}'
)


def test_kept_scores_of_a_former_method_are_found_under_what_asks_for_them_today() -> None:
    forest, mig = FOREST.replace("TREES", "5"), score_id("mig", 200, 0)
    kept = pd.DataFrame({"metric": ["dci_fast", "mig", "x"], "value": [0.5, 0.2, 0.1], "score_id": [forest, mig, None]})
    today = as_asked_today(kept)
    assert today is not None
    assert today["score_id"].tolist()[:2] == [score_id("dci_fast", 200, 0), mig]
    assert today["value"].tolist() == kept["value"].tolist()
    assert kept["score_id"][0] == forest  # what is kept is not written anew


def test_other_options_of_a_former_method_are_left_as_they_are() -> None:
    other = FOREST.replace("TREES", "3")
    today = as_asked_today(pd.DataFrame({"score_id": [other]}))
    assert today is not None
    assert today["score_id"].tolist() == [other]


def test_tables_without_ids_are_left_as_they_are() -> None:
    table = pd.DataFrame({"metric": ["mig"]})
    assert as_asked_today(None) is None
    assert as_asked_today(table) is table
