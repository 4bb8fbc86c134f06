"""FactorVAE score."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Count, Natural, NonNegative
from unbraid.metrics._factors import varying, with_factors
from unbraid.metrics._interventions import Interventions, floating, pieces
from unbraid.metrics._latent_noise import latent_keys
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["factor_vae_score"]

VARIANCE_ROWS = 10_000  # Locatello et al. (2019)

PROPERTIES = Properties(
    source="Kim and Mnih (2018), Disentangling by Factorising, Sec. 4; arXiv:1802.05983",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="left out: a constant latent never votes, whatever the threshold",
    duplicate="none: the two copies share the votes for their factor, and each still votes for one factor only",
    tiny="left out below `prune`; above it every latent counts alike, for its variance is divided by its own",
    discrete="works; with very few values several latents may not vary in a batch, and the first of them wins",
    blind_to="partial entanglement: it stays at 1 while latents tell parts of a second factor or blends stand beside",
    invariant=("permutation", "sign", "idle"),
    tolerance=0.02,
    top=0.99,
    bottom=0.6,
    factors=2,
    permuted="codes",
    cost="quick",
)


def factor_vae_score(
    rep: Representation,
    rng: np.random.Generator,
    *,
    prune: NonNegative = 0.05,
    batch: Count = 64,
    train_votes: Natural = 10_000,
    test_votes: Natural = 5_000,
) -> Score:
    """FactorVAE score: how often the least varying latent of a batch tells which factor was held fixed.

    A vote: a factor is drawn and held at one level in a batch of rows; the latent whose variance in the batch is
    smallest relative to its variance overall gets the vote. A table of training votes (latents x factors) gives each
    latent its most frequent factor; the score is the accuracy of that table on the test votes.

    Args:
        rep: at least 100 rows, two varying factors; continuous factors are cut into 20 equal widths.
        rng: draws factors, levels and rows.
        prune: latents with a standard deviation below this are left out (0.05 in the large study of Locatello et al.).
        batch: rows per vote; at 64 even blended codes come near 1, a batch of 4 tells more apart.
        train_votes: votes that make the table.
        test_votes: votes that are scored.

    Returns:
        value in [0, 1], the test accuracy; chance is one over the number of factors; parts: train_accuracy,
        test_accuracy, active_latents; arrays: "votes" [D, K], "active" [D]. None when every latent is pruned.

    Notes:
        A constant latent never gets a vote. The widespread implementation keeps it at threshold 0, where its 0/0 wins
        every vote and the score falls to chance. Beyond 10,000 rows the overall variance is that of 10,000 drawn
        ones. Factors with a single level are left out.

    Source: Kim and Mnih (2018), Sec. 4; arXiv:1802.05983.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(factor_vae_score(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.6]
    """
    require(prune >= 0, "factor_vae_score.prune must not be negative", prune)
    require(batch >= 2, "factor_vae_score.batch must be at least 2", batch)
    require_rows(rep, PROPERTIES.rows, "factor_vae_score")
    require_factors(varying(rep), 2, "factor_vae_score")
    rep = with_factors(rep, varying(rep))
    variant = f"prune {prune:g}, batch {batch}, {train_votes} + {test_votes} votes"
    rows = Interventions.of(rep)
    known = rep.code if len(rep) <= VARIANCE_ROWS else rep.code[rows.free((VARIANCE_ROWS,), rng)]
    overall = known.var(axis=0, ddof=1, dtype=np.float64)
    active = (np.ptp(known, axis=0) > 0) & (np.sqrt(overall) >= prune)
    if not active.any():
        return Score(None, variant=variant, reason=f"no latent has a standard deviation of at least {prune:g}")
    fixed = rng.integers(len(rep.space), size=train_votes + test_votes)
    winner = winners(floating(rep.code), np.where(active, overall, np.nan), rows, fixed, batch, rng)
    votes = vote_table(winner[:train_votes], fixed[:train_votes], rep.latents, len(rep.space))
    train = accuracy(votes, winner[:train_votes], fixed[:train_votes])
    test = accuracy(votes, winner[train_votes:], fixed[train_votes:])
    parts = {"train_accuracy": train, "test_accuracy": test, "active_latents": float(active.sum())}
    return Score(test, parts, {"votes": votes, "active": active}, variant)


def winners(
    code: np.ndarray,
    overall: np.ndarray,
    rows: Interventions,
    fixed: np.ndarray,
    batch: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """The latent each vote goes to, for the factors held `fixed` [votes]."""
    winner = np.empty(len(fixed), dtype=np.int64)
    for k in range(len(rows.sizes)):
        votes = np.flatnonzero(fixed == k)
        for part in pieces(len(votes), batch, code.shape[1]):
            level = rows.level(k, (len(votes[part]),), rng)
            batches = rows.at(k, level, (batch, len(level)), rng)
            winner[votes[part]] = least_varying(code.take(batches, axis=0), overall, code)
    return winner


def least_varying(batches: np.ndarray, overall: np.ndarray, code: np.ndarray | None = None) -> np.ndarray:
    """The latent [votes] with the smallest share of its `overall` variance [D] in `batches` [batch, votes, D].

    Latents whose overall variance is NaN have no vote. `batches` is overwritten. Where several latents do not vary at
    all, as in batches of a level of one row, votes go to each in turn, in an order that `code` [N, D] gives.
    """
    batches -= batches.mean(axis=0)  # in place: allocating the differences would cost most of the time
    share = np.einsum("bvd,bvd->vd", batches, batches) / (overall * (len(batches) - 1))
    share = np.where(np.isnan(overall), np.inf, share)
    latent: np.ndarray = np.argmin(share, axis=1)
    tied = np.flatnonzero((share == 0).sum(axis=1) > 1)
    if code is None or not len(tied):
        return latent
    order = np.argsort(latent_keys(code), kind="stable")
    for turn, vote in enumerate(tied):
        still = order[share[vote, order] == 0]
        latent[vote] = still[turn % len(still)]
    return latent


def vote_table(winner: np.ndarray, fixed: np.ndarray, latents: int, factors: int) -> np.ndarray:
    """How often each latent won while each factor was fixed: int64 [D, K]."""
    return np.bincount(winner * factors + fixed, minlength=latents * factors).reshape(latents, factors)


def accuracy(votes: np.ndarray, winner: np.ndarray, fixed: np.ndarray) -> float:
    """Share of votes whose latent's most frequent factor in the table `votes` [D, K] is the one held fixed."""
    return float(np.mean(np.argmax(votes, axis=1)[winner] == fixed))
