"""The card of any codes: what each latent tells, and what nobody can know from them."""

from unbraid.report.codes._card import card

__all__ = ["card"]
