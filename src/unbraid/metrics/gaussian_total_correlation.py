"""Total correlation of a Gaussian fitted to the latents."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import UsageError, require, require_choice
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents, require_rows

__all__ = ["gaussian_total_correlation"]

PROPERTIES = Properties(
    source="Locatello et al. (2019), Challenging Common Assumptions, Sec. 5.3; Watanabe (1960)",
    range=(0.0, float("inf")),
    higher_is_better=False,
    rows=10,
    latents=2,
    needs=(),
    dead='left out, being independent of everything; dead="missing" makes the score missing',
    duplicate="infinite, so the score is missing and says so",
    tiny="counts like any other",
    discrete="a Gaussian is fitted all the same: only correlations count",
    blind_to="dependence that is no correlation, and the factors: independent noise reads 0 as well",
    permuted="latents",
    cost="quick",
    resampled="parts",
)
Dead = Literal["drop", "missing"]


def gaussian_total_correlation(rep: Representation, *, dead: Dead = "drop") -> Score:
    r"""Total correlation of a Gaussian fitted to the latents, in nats: 0 where they are uncorrelated.

        TC = (sum over j of log C_jj - log det C) / 2 = -1/2 log det R

    with C the covariance and R the correlation matrix of the codes.

    Args:
        rep: codes [N, D] with N >= 10 and N > D, D >= 2; factors are not used.
        dead: constant latents are left out ("drop") or make the score missing ("missing").

    Returns:
        value >= 0 in nats, lower is better; arrays: "correlation" of the latents that vary.

    Raises:
        UsageError: fewer than two latents vary, too few rows, latents that determine each other (infinite).

    Source: Locatello et al. (2019), Sec. 5.3 (unsupervised scores).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("redundancy", copies) for copies in (1, 2)]
        >>> [round(gaussian_total_correlation(rep).value, 1) for rep in codes]
        [0.0, 7.9]
    """
    name = "gaussian_total_correlation"
    require_choice(dead, Dead, f"{name}: dead")
    require_rows(rep, max(10, rep.latents + 1), name)
    require_latents(rep, 2, name)
    varying = np.ptp(rep.code, axis=0) > 0
    constant = int((~varying).sum())
    require(dead == "drop" or not constant, f"{name} needs latents that vary", f"{constant} constant ones")
    require(varying.sum() >= 2, f"{name} needs at least 2 latents that vary", int(varying.sum()))
    code = rep.code[:, varying].astype(np.float64)
    correlation = np.corrcoef(code / np.abs(code).max(axis=0), rowvar=False)
    sign, logdet = np.linalg.slogdet(correlation)
    if sign <= 0 or logdet < np.log(np.finfo(float).eps):
        raise UsageError(f"{name} needs latents that do not determine each other; got an infinite value; drop copies.")
    return Score(max(0.0, float(-logdet / 2)), {}, {"correlation": correlation}, f"Gaussian, dead latents: {dead}")
