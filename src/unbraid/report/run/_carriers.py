"""What was learned, in words: which latent carries which factor, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

__all__ = ["Finding", "activity", "findings", "labels", "learned", "own", "sentence"]

CARRIED = 0.35  # share of a factor's entropy from which one latent is said to carry it
SHARED = 0.5  # share of the best latent's information from which a runner-up is said to share the factor
FAINT = 0.1  # share of the entropy below which a factor is said to be lost
ACTIVE_NATS = 0.1  # Tartu thesis, section 5.2: below, a latent says next to nothing

Verdict = Literal["carried", "partly", "shared", "lost"]
VERDICTS = get_args(Verdict)  # from best to worst


@dataclass(frozen=True)
class Finding:
    """The latent that knows most about a factor, and the runner-up.

    Args:
        factor: its name.
        latent: the best latent.
        nats: mutual information of the two.
        entropy: all there is to know about the factor, in nats.
        second: the next latent, None with one latent only.
        second_nats: its mutual information.
        verdict: `carried` by one latent, `partly` by one, `shared` by several, or `lost`.
    """

    factor: str
    latent: int
    nats: float
    entropy: float
    second: int | None
    second_nats: float
    verdict: Verdict

    @property
    def share(self) -> float:
        """Part of the factor's entropy that the best latent carries, 0 .. 1."""
        return min(self.nats / self.entropy, 1.0) if self.entropy > 0 else 0.0

    @property
    def second_share(self) -> float:
        """The same for the runner-up."""
        return min(self.second_nats / self.entropy, 1.0) if self.entropy > 0 else 0.0


def findings(information: np.ndarray, factors: Sequence[str], entropies: np.ndarray) -> list[Finding]:
    """One finding for each factor that varies, best carried first; `information` is [D, K] in nats."""
    found = []
    for k, factor in enumerate(factors):
        if not entropies[k] > 0:
            continue
        order = np.argsort(-information[:, k], kind="stable")
        best, second = int(order[0]), int(order[1]) if len(order) > 1 else None
        nats = float(information[best, k])
        other = float(information[second, k]) if second is not None else 0.0
        verdict = _verdict(nats / entropies[k], other / entropies[k])
        found.append(Finding(factor, best, nats, float(entropies[k]), second, other, verdict))
    return sorted(found, key=lambda each: (VERDICTS.index(each.verdict), -each.share))


def _verdict(share: float, other: float) -> Verdict:
    if share < FAINT:
        return "lost"
    if other > SHARED * share:
        return "shared"
    return "carried" if share >= CARRIED else "partly"


def sentence(finding: Finding) -> str:
    """The finding in plain words."""
    much = f"{finding.nats:.1f} of {finding.entropy:.1f} nats"
    if finding.verdict == "lost":
        return f"{finding.factor} is hardly captured: the best latent knows {much}."
    if finding.verdict == "shared":
        return f"{finding.factor} is spread over latents {finding.latent} and {finding.second} ({much} in the best)."
    verb = "carries" if finding.verdict == "carried" else "begins to carry"
    return f"Latent {finding.latent} {verb} {finding.factor} ({much})."


def learned(found: Sequence[Finding]) -> str:
    """One sentence on which factors are separated, mixed and missing; empty without findings."""
    alone = [f"{each.factor} (latent {each.latent})" for each in found if each.verdict == "carried"]
    mixed = [each.factor for each in found if each.verdict in ("shared", "partly")]
    lost = [each.factor for each in found if each.verdict == "lost"]
    clauses = [f"{_listed(alone)}{' each' if len(alone) > 1 else ''} in a latent of its own"] if alone else []
    clauses += [f"{_listed(mixed)} in part or spread over several"] if mixed else []
    clauses += [f"{_listed(lost)} hardly at all"] if lost else []
    return f"It learned {'; '.join(clauses)}." if clauses else ""


def own(found: Sequence[Finding]) -> str:
    """How many factors have a latent of their own, and which; empty without findings."""
    names = [each.factor for each in found if each.verdict == "carried"]
    which = f" ({_listed(names)})" if names else ""
    return f"{len(names)} of {len(found)} factors in a latent of their own{which}" if found else ""


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def labels(found: Sequence[Finding], latents: int) -> list[str]:
    """For each latent the factors it carries, an empty text for the others."""
    names: list[list[str]] = [[] for _ in range(latents)]
    for finding in found:
        if finding.verdict in ("carried", "partly"):
            names[finding.latent].append(finding.factor)
    return [", ".join(each) for each in names]


def activity(kl: np.ndarray) -> str:
    """How many latents are used, in words."""
    active = int((np.asarray(kl) > ACTIVE_NATS).sum())
    return f"{active} of {len(kl)} latents say more than {ACTIVE_NATS} nat, {np.sum(kl):.1f} nats together"
