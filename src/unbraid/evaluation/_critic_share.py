"""What FactorVAE's critic sees of the dependence between latents, against the total correlation that is there."""

from __future__ import annotations

LEAST = 0.05  # nats: a reference below is nothing that a critic could miss


def critic_share(estimate: float, reference: float) -> float:
    r"""The critic's estimate of a total correlation over a reference, both in nats.

        share = 1 + (estimate - reference) / max(reference, .05)

    is estimate / reference, and where there is next to nothing to see it says what is missed of .05 nats: where codes
    are independent and the critic finds them so, the share is 1.

    >>> critic_share(0.12, 2.0), critic_share(0.0, 0.0)
    (0.06, 1.0)
    """
    return round(1 + (estimate - reference) / max(reference, LEAST), 12)
