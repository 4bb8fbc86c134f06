"""Golden values of the metrics that fit probes or intervene: our values under the reference's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.golden.harness import mismatch
from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation, Score
from unbraid.metrics._importance import completeness, disentanglement
from unbraid.metrics._interventions import Interventions
from unbraid.metrics.beta_vae_score import beta_vae_score, mean_difference
from unbraid.metrics.dci import dci
from unbraid.metrics.factor_vae_score import accuracy, factor_vae_score, least_varying, vote_table, winners
from unbraid.metrics.irs import irs
from unbraid.metrics.sap import sap
from unbraid.metrics.udr import agreements, related

Arrays = Mapping[str, np.ndarray]
Record = Mapping[str, Any]
Ours = Mapping[str, Any]


def space_of(arrays: Arrays) -> FactorSpace:
    """Factors by their sizes; size 0 is a continuous one."""
    sizes = [int(size) for size in arrays["factor_sizes"]]
    return FactorSpace(
        tuple(Factor(f"factor {k}", size, "ordinal" if size else "continuous") for k, size in enumerate(sizes))
    )


def part(arrays: Arrays, name: str) -> Representation:
    """The `train` or `test` rows of a tabular case."""
    space, factors = space_of(arrays), arrays[f"{name}_factors"]
    factors = factors.astype(np.int64 if all(space.sizes) else np.float64)
    return Representation.from_arrays(arrays[f"{name}_means"], factors, space=space)


def both(arrays: Arrays) -> Representation:
    """Train and test rows together."""
    train, test = part(arrays, "train"), part(arrays, "test")
    return Representation.from_arrays(
        np.concatenate([train.code, test.code]), np.concatenate([train.factors, test.factors]), space=train.space
    )


def grid(arrays: Arrays) -> Representation:
    """A complete grid in C order."""
    space = space_of(arrays)
    return Representation.from_arrays(
        arrays["grid_means"], space.levels(np.arange(space.combinations)), space=space, logvar=arrays["grid_logvar"]
    )


def over_seeds(record: Record, score: Callable[[np.random.Generator], Score], **names: str) -> dict[str, float]:
    """Mean over as many seeds as the reference used of the named parts: our name = the reference's."""
    scores = [score(np.random.default_rng(seed)) for seed in record["seeds"]]
    values = [{**given.parts, "value": given.value} for given in scores]
    return {theirs: float(np.mean([given[ours] for given in values])) for ours, theirs in names.items()}


def _sap_discrete(arrays: Arrays, record: Record) -> Ours:
    answer = sap(part(arrays, "train"), np.random.default_rng(0), probe="svm", test=part(arrays, "test"))
    ours = {"sap": answer.value, "score_matrix_latent_by_factor": answer.arrays["score"]}
    return {name: ours[name] for name in record["result"]}


def _sap_continuous(arrays: Arrays, record: Record) -> Ours:
    answer = sap(part(arrays, "train"), np.random.default_rng(0), probe="correlation", test=part(arrays, "test"))
    return {"sap": answer.value, "score_matrix_latent_by_factor": answer.arrays["score"]}


def _sap_dual(arrays: Arrays, record: Record) -> Ours:
    train, test = part(arrays, "train"), part(arrays, "test")
    return over_seeds(record, lambda rng: sap(train, rng, probe="svm", dual=True, test=test), value="sap")


def _sap_binned(arrays: Arrays, record: Record) -> Ours:
    rep, rows = both(arrays), (len(arrays["train_means"]), len(arrays["test_means"]))

    def score(rng: np.random.Generator) -> Score:
        return sap(rep, rng, probe="svm", bins=20, train_rows=rows[0], test_rows=rows[1])

    return over_seeds(record, score, value="sap")


def _irs(arrays: Arrays, record: Record) -> Ours:
    options = {"bins": record["args"]["num_bins_factors"]}
    rep = part(arrays, "train")
    answer = irs(rep, quantile=record["args"]["diff_quantile"], **options)
    matrix = answer.arrays["robustness"]
    active = ~np.isnan(matrix[:, 0])
    return {
        "irs": answer.value,
        "irs_quantile_1": irs(rep, quantile=1.0, **options).value,
        "per_active_latent": matrix[active].max(axis=1),
        "parents": answer.arrays["parent"][active],
        "irs_matrix_active_latent_by_factor": matrix[active],
        "max_deviations": answer.arrays["deviation"][active],
        "num_active_true": answer.parts["active_latents"],
    }


def _dci_aggregation(arrays: Arrays, record: Record) -> Ours:
    ours = {}
    for name, given in record["result"].items():
        matrix = np.array(given["matrix"], dtype=np.float64)
        scores = {"disentanglement": disentanglement(matrix)[0], "completeness": completeness(matrix)[0]}
        ours[name] = {"matrix": matrix, **scores}
    return ours


def _dci(arrays: Arrays, record: Record) -> str:
    """Scores within their tolerances; the matrix, and each latent's and factor's part of the mean, five times wider.

    A latent of hardly any importance has a row that is all rounding and ties, so rows count by their weight.
    """
    answer = dci(part(arrays, "train"), np.random.default_rng(0), test=part(arrays, "test"))
    matrix = "importance_matrix_latent_by_factor"
    ours = {**answer.parts, matrix: answer.arrays["importance"]}
    ours["disentanglement_per_code"] = answer.arrays["disentanglement"]
    ours["completeness_per_factor"] = answer.arrays["completeness"]
    theirs = dict(record["result"])
    weights = np.array(theirs[matrix]) / np.sum(theirs[matrix])
    for name, axis in (("disentanglement_per_code", 1), ("completeness_per_factor", 0)):
        ours[name], theirs[name] = (np.array(given[name]) * weights.sum(axis=axis) for given in (ours, theirs))
        theirs[name] = theirs[name].tolist()
    widest = 5 * max(record["tolerance"].values())
    differences = {
        name: mismatch(ours[name], theirs[name], atol=record["tolerance"].get(name, widest)) for name in theirs
    }
    return "; ".join(f"{name}: {text}" for name, text in differences.items() if text)


def _beta_vae(arrays: Arrays, record: Record) -> Ours:
    rep, args = grid(arrays), record["args"]

    def score(rng: np.random.Generator) -> Score:
        points = {"train_points": args["num_train"], "test_points": args["num_eval"]}
        return beta_vae_score(rep, rng, batch=args["batch_size"], **points)

    return over_seeds(record, score, train_accuracy="train_accuracy", test_accuracy="eval_accuracy")


def _beta_vae_pieces(arrays: Arrays, record: Record) -> Ours:
    rep, fixed, batches = grid(arrays), arrays["fixed_factor_index"], arrays["fixed_factor_batches"]
    features = []
    for i, k in enumerate(fixed):
        first, second = rep.factors[batches[i]], rep.factors[batches[(i + 1) % len(batches)]].copy()
        second[:, k] = first[:, k]
        code = rep.code.astype(np.float64)
        pairs = code[rep.space.index(first)][:, None], code[rep.space.index(second)][:, None]
        features.append(mean_difference(*pairs)[0])
    return {"labels": fixed, "feature_vectors": features}


def _factor_vae(arrays: Arrays, record: Record) -> Ours:
    """`num_active_dims` is the number of all latents in the reference."""
    rep, args = grid(arrays), record["args"]

    def score(rng: np.random.Generator) -> Score:
        votes = {"train_votes": args["num_train"], "test_votes": args["num_eval"]}
        if args["prune_threshold"] == 0 and np.any(np.ptp(rep.code, axis=0) == 0):
            return dead_latent_wins(rep, rng, args)
        return factor_vae_score(rep, rng, prune=args["prune_threshold"], batch=args["batch_size"], **votes)

    means = over_seeds(record, score, train_accuracy="train_accuracy", test_accuracy="eval_accuracy")
    return {**means, "num_active_dims": rep.latents}


def dead_latent_wins(rep: Representation, rng: np.random.Generator, args: Mapping[str, Any]) -> Score:
    """The score with constant latents kept, as published: their 0/0 wins every vote. Ours never keeps them."""
    code, rows, train = rep.code.astype(np.float64), Interventions.of(rep), args["num_train"]
    fixed = rng.integers(len(rep.space), size=train + args["num_eval"])
    with np.errstate(invalid="ignore"):
        winner = winners(code, code.var(axis=0, ddof=1), rows, fixed, args["batch_size"], rng)
    votes = vote_table(winner[:train], fixed[:train], rep.latents, len(rep.space))
    first, second = (accuracy(votes, winner[half], fixed[half]) for half in (slice(train), slice(train, None)))
    return Score(second, {"train_accuracy": first, "test_accuracy": second})


def _factor_vae_pieces(arrays: Arrays, record: Record) -> Ours:
    rep = grid(arrays)
    overall = rep.code.var(axis=0, ddof=1)  # in the precision of the codes, as the reference
    thresholds = {name: float(name.removeprefix("prune_")) for name in record["result"] if name.startswith("prune_")}
    pieces = {name: _pieces(arrays, rep, overall, threshold) for name, threshold in thresholds.items()}
    return {**pieces, "global_variances": overall}


def _pieces(arrays: Arrays, rep: Representation, overall: np.ndarray, threshold: float) -> Ours:
    """One threshold of the pieces; at 0 a constant latent is kept, as published."""
    fixed, active = arrays["fixed_factor_index"], np.sqrt(overall) >= threshold
    code = rep.code[:, active].astype(np.float64)
    with np.errstate(invalid="ignore"):
        winner = least_varying(np.swapaxes(code[arrays["fixed_factor_batches"]], 0, 1).copy(), overall[active])
    half, shape = len(fixed) // 2, (rep.latents, len(rep.space))
    votes = vote_table(winner[:half], fixed[:half], *shape)
    return {
        "active": active,
        "argmin": winner,
        "votes": vote_table(winner, fixed, *shape).T,
        "train_accuracy_first_half": accuracy(votes, winner[:half], fixed[:half]),
        "eval_accuracy_second_half": accuracy(votes, winner[half:], fixed[half:]),
    }


def _udr(arrays: Arrays, record: Record) -> Ours:
    args, codes, kl = record["args"], list(arrays["reps"]), arrays["kl"]
    kept, kind, alpha = list(kl > args["kl_filter_threshold"]), args["correlation"], args["lasso_alpha"]
    pairwise = agreements(codes, kept, kind, alpha)
    others = ~np.eye(len(codes), dtype=bool)
    raw = related(codes[0], codes[1], kept[0], kept[1], kind, alpha)
    if kind == "spearman":  # the reference's correlation with a constant is NaN, ours 0; both leave it out
        raw[np.ix_(~kept[0], np.ones_like(kept[1]))] = raw[np.ix_(np.ones_like(kept[0]), ~kept[1])] = np.nan
    return {
        "model_scores": [np.median(pairwise[others[:, j], j]) for j in range(len(codes))],
        "pairwise": pairwise,
        "raw_correlation_0_1": raw,
    }


CHECKS: dict[str, Callable[[Arrays, Record], Ours | str]] = {
    "sap_discrete": _sap_discrete,
    "disent_sap": _sap_discrete,
    "sap_continuous": _sap_continuous,
    "sap_discrete_dual": _sap_dual,
    "dent_sap": _sap_binned,
    "irs": _irs,
    "dci_aggregation": _dci_aggregation,
    "dci": _dci,
    "beta_vae_score": _beta_vae,
    "beta_vae_score_batch4": _beta_vae,
    "beta_vae_pieces": _beta_vae_pieces,
    "factor_vae_score_prune_0.0": _factor_vae,
    "factor_vae_score_prune_0.05": _factor_vae,
    "factor_vae_score_batch4": _factor_vae,
    "factor_vae_pieces": _factor_vae_pieces,
    "udr_lasso": _udr,
    "udr_spearman": _udr,
}
