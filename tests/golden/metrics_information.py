"""Golden values of the metrics made of information, divergence and distance: our values under the reference's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.golden.harness import mismatch
from unbraid.core import Factor, FactorSpace, UsageError, load_entry
from unbraid.metrics import Representation, Score, score
from unbraid.metrics._infomec import coded, normalised_information

Arrays = Mapping[str, np.ndarray]
Record = Mapping[str, Any]


def table(arrays: Arrays, part: str = "train") -> Representation:
    """The rows of a tabular case, or of a complete grid."""
    if "grid_means" in arrays:
        return grid(arrays)
    logvar = arrays["train_logvar"] if part == "train" else None
    return Representation.from_arrays(arrays[f"{part}_means"], arrays[f"{part}_factors"], logvar=logvar)


def grid(arrays: Arrays) -> Representation:
    """A complete grid in C order."""
    space = FactorSpace(tuple(Factor(f"factor {k}", int(size)) for k, size in enumerate(arrays["factor_sizes"])))
    codes = space.levels(np.arange(len(arrays["grid_means"])))
    return Representation.from_arrays(arrays["grid_means"], codes, logvar=arrays["grid_logvar"], space=space)


def value(scored: Score) -> float:
    """The value, or NaN where it is missing (which is how the references write that)."""
    return np.nan if scored.value is None else scored.value


def one(rep: Representation, name: str, **options: Any) -> Score:
    """One score with options."""
    (answer,) = score(rep, metrics={"name": name, **options}).values()
    return answer


def _mig(arrays: Arrays, record: Record) -> dict[str, Any]:
    rep, bins = table(arrays), record["args"]["num_bins"]
    mig, mmig = one(rep, "mig", bins=bins), one(rep, "mmig", bins=bins)
    return {
        "mig": mig.value,
        "mi_matrix_latent_by_factor": mig.arrays["information"],
        "factor_entropy": mig.arrays["entropy"],
        "mig_per_factor": list(mig.parts.values()),
        "mi_matrix_factor_by_factor": mmig.arrays["between_factors"],
    }


def _mig_value(arrays: Arrays, record: Record) -> dict[str, Any]:
    return {"mig": one(table(arrays), "mig", bins=record["args"]["num_bins"]).value}


def _mig_binned(arrays: Arrays, record: Record) -> dict[str, Any]:
    bins = record["args"]["num_bins"]
    return {"mig": one(table(arrays), "mig", bins=bins, factor_bins=bins).value}


def _modularity(arrays: Arrays, record: Record) -> dict[str, Any]:
    return {"modularity_score": one(table(arrays), "modularity", bins=record["args"]["num_bins"]).value}


def _modularity_binned(arrays: Arrays, record: Record) -> dict[str, Any]:
    bins = record["args"]["num_bins"]
    return {"modularity": value(one(table(arrays), "modularity", bins=bins, factor_bins=bins, dead="missing"))}


def _aam_mmig(arrays: Arrays, record: Record) -> dict[str, Any]:
    aam, mmig = one(table(arrays), "aam"), one(table(arrays), "mmig")
    return {
        "aam": aam.value,
        "aam_per_factor": list(aam.parts.values()),
        "mmig": mmig.value,
        "mmig_per_factor": list(mmig.parts.values()),
        "mmig_denominator": own_entropies(mmig.arrays["between_factors"]),
    }


def own_entropies(between: np.ndarray) -> list[float]:
    """Entropy of each factor less the most another one tells about it, written out."""
    factors = range(len(between))
    return [between[k, k] - max([between[k, i] for i in factors if i != k], default=0.0) for k in factors]


def _unsupervised(arrays: Arrays, record: Record) -> dict[str, Any]:
    rep = table(arrays)
    wasserstein = one(rep, "wasserstein_correlation")
    return {
        "gaussian_total_correlation": value(one(rep, "gaussian_total_correlation", dead="missing")),
        "gaussian_wasserstein_correlation": wasserstein.value,
        "gaussian_wasserstein_correlation_norm": wasserstein.parts["normalised"],
        "mutual_info_score": one(rep, "mutual_information_between_latents", bins=record["args"]["num_bins"]).value,
    }


def _kld(arrays: Arrays, record: Record) -> dict[str, Any]:
    return {"kld": one(table(arrays), "dimension_wise_kl", batch=record["args"]["batch_size"]).value}


def _support(arrays: Arrays, record: Record) -> dict[str, Any]:
    return {"fos": one(table(arrays), "factorised_support", batch=record["args"]["batch_size"], rows=1024).value}


def _grid_histogram(arrays: Arrays, record: Record) -> dict[str, Any]:
    rep, bins = grid(arrays), record["args"]["num_bins"]
    mig = one(rep, "mig", bins=bins)
    return {
        "mig": mig.value,
        "mi_matrix_latent_by_factor": mig.arrays["information"],
        "modularity": one(rep, "modularity", bins=bins).value,
        "irs": one(rep, "irs", bins=bins, quantile=record["args"]["diff_quantile"]).value,
    }


def _posterior(arrays: Arrays, record: Record) -> dict[str, Any]:
    """Both ways of evaluating the mixtures must agree with the reference; the binned one is reported."""
    binned, direct = _posterior_values(arrays, record, False), _posterior_values(arrays, record, True)
    return direct | {name: binned[name] for name in ("mig", "aam", "marginal_entropy")}


def _posterior_values(arrays: Arrays, record: Record, exact: bool) -> dict[str, Any]:
    draws = arrays[record["args"]["z"]]
    mig = one(grid(arrays), "mig_posterior", draws=draws, exact=exact)
    aam = one(grid(arrays), "aam_posterior", draws=draws, exact=exact)
    return {
        "mig": mig.value,
        "aam": aam.value,
        "mig_per_factor": list(mig.parts.values()),
        "aam_per_factor": list(aam.parts.values()),
        "mutual_information_factor_by_latent": mig.arrays["information"].T,
        "marginal_entropy": mig.arrays["marginal_entropy"],
        "conditional_entropy_factor_by_latent": mig.arrays["conditional_entropy"].T,
    }


def _posterior_entropies(arrays: Arrays, record: Record) -> dict[str, Any]:
    ours = _posterior_values(arrays, record, False)
    return {name: ours[name] for name in record["result"]}


def _modularity_explicitness(arrays: Arrays, record: Record) -> dict[str, Any]:
    explicit = one(table(arrays), "explicitness", test=table(arrays, "test"))
    return {
        "modularity_score": one(table(arrays), "modularity", bins=record["args"]["num_bins"]).value,
        "explicitness_score_train": explicit.parts["train"],
        "explicitness_score_test": explicit.value,
    }


def _infomec(arrays: Arrays, record: Record) -> dict[str, Any] | str:
    """The table of normalised information is compared among latents in use: constant ones hold noise there."""
    discrete = record["args"]["discrete_latents"] if "discrete_latents" in record["args"] else "codes" in record["args"]
    codes = arrays["train_discrete_codes"] if discrete else arrays["train_means"]
    rep = Representation.from_arrays(codes, arrays["train_factors"])
    made = coded(rep, np.random.default_rng(0), "infomec", discrete, 0, 1)
    streams = [np.random.RandomState(seed) for seed in record.get("seeds", [0])]  # the references' own streams
    tables = [normalised_information(made, stream, 10) for stream in streams]  # type: ignore[arg-type]
    active = tables[0][1]
    expected = np.array(record["result"]["nmi_factor_by_latent"]).T
    difference = mismatch(np.mean([table for table, _ in tables], axis=0)[active], expected[active].tolist(), atol=1e-5)
    if difference:
        return f"nmi_factor_by_latent: {difference}"
    scores = {name: _over_seeds(rep, name, record, discrete) for name in ("infom", "infoc", "infoe")}
    for name, axis in (("infom", 1), ("infoc", 0)):
        if any((table[active].sum(axis=axis) == 0).any() for table, _ in tables):
            scores[name] = np.nan  # there the references divide 0 by 0, and ours counts 0
    return scores | {"active_latents": active.astype(float), "nmi_factor_by_latent": expected.T.tolist()}


def _over_seeds(rep: Representation, name: str, record: Record, discrete: bool) -> float:
    """Mean over the reference's seeds, of its own random stream."""
    entry = load_entry("metrics", name)
    try:
        seeds = record.get("seeds", [0]) if name != "infoe" else [0]
        return float(np.mean([entry(rep, np.random.RandomState(s), discrete=discrete).value for s in seeds]))
    except UsageError:
        return np.nan


def _flatness(arrays: Arrays, record: Record) -> dict[str, Any]:
    flat = one(grid(arrays), "flatness", traversals=0)
    widths = {f"{name}_per_factor": measured for name, measured in flat.arrays.items()}
    return {"flatness": flat.value, "flatness_l1": flat.parts["l1"], "flatness_l2": flat.parts["l2"], **widths}


def _flatness_sampled(arrays: Arrays, record: Record) -> dict[str, Any]:
    flat = one(grid(arrays), "flatness", traversals=record["args"]["repeats"])
    widths = {f"ave_{name}": measured.mean() for name, measured in flat.arrays.items()}
    ratios = {"ave_flatness": flat.value, "ave_flatness_l1": flat.parts["l1"], "ave_flatness_l2": flat.parts["l2"]}
    return ratios | widths


def _linearity(arrays: Arrays, record: Record) -> dict[str, Any]:
    line = one(grid(arrays), "linearity", traversals=0)
    ours = {"linear_ratio": line.value} | line.parts
    names = {"axis_ratio_of_means": "axis_ratio_ave"}
    result = {}
    for name, measured in line.arrays.items():
        theirs = f"linearity.{names.get(name, name)}.var"
        result |= {theirs: ours[name], f"{theirs}.per_factor": measured}
    return result


CHECKS: dict[str, Callable[[Arrays, Record], Mapping[str, Any] | str]] = {
    "mig": _mig,
    "disent_mig": _mig_value,
    "dent_mig": _mig_binned,
    "modularity": _modularity,
    "dent_modularity": _modularity_binned,
    "aam_mmig_histogram": _aam_mmig,
    "unsupervised": _unsupervised,
    "dent_kld": _kld,
    "dent_fos": _support,
    "grid_histogram": _grid_histogram,
    "flatness": _flatness,
    "flatness_sampled": _flatness_sampled,
    "linearity": _linearity,
    "modularity_explicitness": _modularity_explicitness,
    "infomec_continuous": _infomec,
    "infomec_discrete": _infomec,
    "infomec_continuous_recent_sklearn": _infomec,
    "infomec_discrete_recent_sklearn": _infomec,
    "aam_mig_q_means": _posterior,
    "aam_mig_q_samples": _posterior,
    "dent_q_entropies_means": _posterior_entropies,
    "dent_q_entropies_samples": _posterior_entropies,
}
