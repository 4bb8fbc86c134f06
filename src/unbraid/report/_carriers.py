"""Which latent carries which factor, how much of it, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

__all__ = [
    "Carrier",
    "activity_clause",
    "carrier_sentence",
    "carriers",
    "latent_labels",
    "learned_sentence",
    "separation_clause",
]

CARRIED = 0.35  # share of a factor's entropy, above chance, from which one latent is said to carry it
SHARED = 0.5  # share of the best latent's information from which a runner-up is said to share the factor
FAINT = 0.1  # share of the entropy below which a factor is said to be lost
CHANCE_SAID = 0.05  # nats: a floor of more is said beside the information
ACTIVE_NATS = 0.1  # Tartu thesis, section 5.2: below, a latent says next to nothing

Capture = Literal["carried", "partly", "shared", "lost"]
CAPTURES = get_args(Capture)  # from best to worst


@dataclass(frozen=True)
class Carrier:
    """The latent with the largest mutual information with a factor, and the runner-up.

    Args:
        factor: its name.
        latent: the best latent.
        nats: mutual information of the two.
        entropy: of the factor in nats: all there is to know about it.
        second: the next latent, None with one latent only.
        second_nats: its mutual information.
        capture: `carried` by one latent, `partly` by one, `shared` by several, or `lost`.
        floor: what the best latent knows of the factor shuffled, in nats.
        clear: whether it knows clearly more than the best latent of the factor shuffled.
    """

    factor: str
    latent: int
    nats: float
    entropy: float
    second: int | None
    second_nats: float
    capture: Capture
    floor: float = 0.0
    clear: bool = True

    @property
    def share(self) -> float:
        """Part of the factor's entropy that the best latent carries above chance, 0 .. 1."""
        return _share(self.nats, self.floor, self.entropy)

    @property
    def second_share(self) -> float:
        """The same for the runner-up."""
        return _share(self.second_nats, self.floor, self.entropy)


def _share(nats: float, floor: float, entropy: float) -> float:
    """(information - floor) / (entropy - floor), within 0 .. 1."""
    return float(np.clip((nats - floor) / (entropy - floor), 0, 1)) if entropy > floor else 0.0


def carriers(
    information: np.ndarray,
    factors: Sequence[str],
    entropies: np.ndarray,
    floor: np.ndarray | None = None,
    clear: np.ndarray | None = None,
) -> list[Carrier]:
    """One carrier for each factor that varies, best captured first.

    Args:
        information: of latents and factors [D, K] in nats.
        factors: their names [K].
        entropies: of them [K].
        floor: information with the shuffled factors [D, K]; none when None.
        clear: information from which a factor's best latent knows more than chance [K].
    """
    floor = np.zeros_like(information) if floor is None else floor
    known = []
    for k, factor in enumerate(factors):
        if not entropies[k] > 0:
            continue
        order = np.argsort(-information[:, k], kind="stable")
        best, second = int(order[0]), int(order[1]) if len(order) > 1 else None
        nats, chance, entropy = float(information[best, k]), float(floor[best, k]), float(entropies[k])
        second_nats = float(information[second, k]) if second is not None else 0.0
        above = clear is None or nats > clear[k]
        share, second_share = _share(nats, chance, entropy), _share(second_nats, chance, entropy)
        capture = _capture(share if above else 0.0, second_share)
        known.append(Carrier(factor, best, nats, entropy, second, second_nats, capture, chance, above))
    return sorted(known, key=lambda carrier: (CAPTURES.index(carrier.capture), -carrier.share))


def _capture(share: float, second_share: float) -> Capture:
    if share < FAINT:
        return "lost"
    if second_share > SHARED * share:
        return "shared"
    return "carried" if share >= CARRIED else "partly"


def carrier_sentence(carrier: Carrier, latents: Sequence[str] | None = None) -> str:
    """Which latent carries the factor, and how much of it, beside what chance gives; `latents` are names [D]."""
    amount = f"{carrier.nats:.1f} of {carrier.entropy:.1f} nats"
    chance = f", {carrier.floor:.1f} by chance" if carrier.floor > CHANCE_SAID else ""
    if not carrier.clear:
        return f"{carrier.factor} is not captured: the best latent knows {amount}, no more than of the factor shuffled."
    if carrier.capture == "lost":
        little = f"{carrier.nats:.2f} of {carrier.entropy:.2f} nats"
        return f"{carrier.factor} is hardly captured: the best latent knows {little}{chance}."
    if carrier.capture == "shared":
        both = f"{_called(carrier.latent, latents)} and {_called(carrier.second, latents)}"
        return f"{carrier.factor} is spread over {both} ({amount} in the best{chance})."
    verb = "carries" if carrier.capture == "carried" else "begins to carry"
    return f"{_called(carrier.latent, latents)} {verb} {carrier.factor} ({amount}{chance})."


def _called(latent: int | None, latents: Sequence[str] | None) -> str:
    """The name of a latent: z0, z1, … where it has none of its own."""
    return f"z{latent}" if latents is None or latent is None else latents[latent]


def learned_sentence(known: Sequence[Carrier], latents: Sequence[str] | None = None) -> str:
    """One sentence on which factors are separated, mixed and missing; empty without carriers."""
    carried = [carrier for carrier in known if carrier.capture == "carried"]
    alone = [f"{carrier.factor} ({_called(carrier.latent, latents)})" for carrier in carried]
    mixed = [carrier.factor for carrier in known if carrier.capture in ("shared", "partly")]
    lost = [carrier.factor for carrier in known if carrier.capture == "lost"]
    if known and not alone and not mixed:
        more = "no latent knows clearly more of them than of shuffled ones"
        clear = "latents know little more of them than chance"
        return f"It captured no factor ({_listed(lost)}): {clear if any(c.clear for c in known) else more}."
    clauses = [f"{_listed(alone)}{' each' if len(alone) > 1 else ''} in a latent of its own"] if alone else []
    clauses += [f"{_listed(mixed)} in part or spread over several"] if mixed else []
    clauses += [f"{_listed(lost)} hardly at all"] if lost else []
    return f"It learned {'; '.join(clauses)}." if clauses else ""


def separation_clause(known: Sequence[Carrier]) -> str:
    """How many factors have a latent of their own, and which; empty without carriers."""
    separated = [carrier.factor for carrier in known if carrier.capture == "carried"]
    which = f" ({_listed(separated)})" if separated else ""
    return f"{len(separated)} of {len(known)} factors in a latent of their own{which}" if known else ""


def activity_clause(kl: np.ndarray) -> str:
    """How many latents are active, and the nats of all; `kl` is the mean KL of each latent [D]."""
    active = int((np.asarray(kl) > ACTIVE_NATS).sum())
    return f"{active} of {len(kl)} latents say more than {ACTIVE_NATS} nat, {np.sum(kl):.1f} nats together"


def latent_labels(known: Sequence[Carrier], latents: int) -> list[str]:
    """For each latent the factors that it carries, else those that it begins to carry; an empty text for the others.

    A factor in a latent of its own is so in every sentence: what the latent tells besides is no part of its name.
    """
    carried: list[list[str]] = [[] for _ in range(latents)]
    begun: list[list[str]] = [[] for _ in range(latents)]
    for carrier in known:
        if carrier.capture in ("carried", "partly"):
            (carried if carrier.capture == "carried" else begun)[carrier.latent].append(carrier.factor)
    return [", ".join(names or rest) for names, rest in zip(carried, begun, strict=True)]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
