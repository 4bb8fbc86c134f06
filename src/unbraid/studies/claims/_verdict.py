"""Claims judged: by their effect, their control, the runs that count, and the paper's other claims."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from unbraid.metrics._holm import holm
from unbraid.studies._declarations import POCOCK
from unbraid.studies.claims._claim import Claim
from unbraid.studies.claims._control import ABSENCE, Control, control_of_claim
from unbraid.studies.claims._counted import Excluded, by_check, counted
from unbraid.studies.claims._effect import Effect, mirrored
from unbraid.studies.claims._keys import DEFAULT, Requires
from unbraid.studies.claims._power import seeds_to_decide
from unbraid.studies.claims._rules import DECIDED, Word, decide
from unbraid.studies.claims._seeds import FEWEST, fewest_seeds
from unbraid.studies.claims._selection import NotTestableError, TooFewRunsError
from unbraid.studies.claims._tests import LEVEL

if TYPE_CHECKING:
    from unbraid.studies._study import Study


@dataclass(frozen=True)
class Verdict:
    """What the runs say of a claim.

    Args:
        claim: the claim.
        verdict: one of `VERDICTS`.
        effect: its effect; None where the runs it needs are not there.
        lacking: why it is not decided, in words; empty where the effect says it.
        p: one-sided p of the decisive side; NaN without an effect.
        holm: p as Holm's correction over the paper's claims leaves it.
        control: whether its control passed, and what it shows; None where it names none.
        excluded: runs that it is about and that are not counted, with the reason.
        to_decide: seeds an arm that would decide it with 80 % power; None where it is decided, or none would.
    """

    claim: Claim
    verdict: Word
    effect: Effect | None
    lacking: str = ""
    p: float = math.nan
    holm: float = math.nan
    control: Control | None = None
    excluded: Excluded = ()
    to_decide: int | None = None

    @property
    def reason(self) -> str:
        """What was compared, and why it is not decided where that is not plain; or why nothing could be compared."""
        return "; ".join(part for part in (self.effect.compared if self.effect else "", self.lacking) if part)

    @property
    def not_counted(self) -> dict[str, list[str]]:
        """Why runs are not counted, one reason per check with the range of its values -> the runs."""
        return by_check(self.excluded)


def judge_all(study: Study, frame: pd.DataFrame) -> list[Verdict]:
    """Judge a study's claims on its tidy table (see `collect`), one verdict per claim.

    Runs that fail a check, and pilots, are not counted; controls are tested; Holm's correction over all claims decides.
    """
    level = LEVEL if study.extension is None else POCOCK
    asked: dict[str, Any] = {"requires": {**DEFAULT, **study.requires}, "pilots": study.pilots, "level": level}
    judged = [judge(claim, frame, claims=len(study.claims), **asked) for claim in study.claims]
    return [_explored(verdict, study.explore or verdict.claim.explore) for verdict in with_holm(judged, level)]


def _explored(verdict: Verdict, why: str) -> Verdict:
    """A verdict of runs that only explore: undecided, unless they could not have shown it at all."""
    if not why or verdict.verdict == "not testable":
        return verdict
    return replace(verdict, verdict="undecided", lacking=f"explored only: {why}")


def judge(
    claim: Claim,
    frame: pd.DataFrame,
    *,
    requires: Requires | None = None,
    pilots: Iterable[Any] = (),
    level: float = LEVEL,
    claims: int = 1,
) -> Verdict:
    """Judge a claim alone; missing scores are left out, never counted as 0.

    Args:
        claim: the claim.
        frame: a study's tidy table (see `collect`).
        requires: bounds on the checks of runs that count, beside the claim's; none by default.
        pilots: runs that do not count.
        level: one-sided.
        claims: how many claims the paper has, for the seeds that would decide; p is not corrected, see `judge_all`.
    """
    kept, excluded = counted(claim, frame, {**(requires or {}), **claim.requires}, pilots)
    control = control_of_claim(claim, kept)
    verdict = Verdict(claim, "undecided", None, control=control, excluded=excluded)
    try:
        effect = claim.effect(kept)
    except TooFewRunsError as error:
        word: Word = "not testable" if excluded else "undecided"
        return replace(verdict, verdict=word, lacking=_too_few(str(error), excluded))
    except NotTestableError as error:
        return replace(verdict, verdict="not testable", lacking=str(error))
    smallest = claim.smallest_effect
    if effect.exchanged:
        effect, smallest = mirrored(effect, smallest), 0.0
    word, p = decide(effect, smallest, level)
    verdict = replace(verdict, effect=effect, p=p, holm=p)
    why = _untestable(claim, word, effect, control, excluded)
    if why:
        return replace(verdict, verdict="not testable", lacking=why)
    few = _few(effect)
    if word in DECIDED and not few:
        return replace(verdict, verdict=word)
    seeds = seeds_to_decide(effect, smallest, level=level / claims, least=fewest_seeds(claim, claims))
    return replace(verdict, verdict="undecided" if few else word, to_decide=seeds, lacking=few or effect.remark)


def _untestable(claim: Claim, word: Word, effect: Effect, control: Control | None, excluded: Excluded) -> str:
    """Why the runs could not have shown what the claim says, whatever they say; empty where they could."""
    if control is not None and not control.passed:
        return control.shows
    if _few(effect):
        return _too_few(_few(effect), excluded) if excluded else ""
    if control is None and (claim.kind in ABSENCE or word == "not reproduced"):
        return "no control shows that runs like these could have shown it"
    return ""


def _few(effect: Effect) -> str:
    """That an arm has too few runs; empty where it has enough, or runs are not the unit."""
    few = effect.seeds is not None and effect.seeds < FEWEST
    return f"{effect.seeds} runs in an arm, and {FEWEST} are the least" if few else ""


def with_holm(verdicts: Sequence[Verdict], level: float = LEVEL) -> list[Verdict]:
    """The verdicts of a paper with Holm's p; those that it does not keep at `level` are undecided.

    A claim that is not testable, or has no effect, counts as one with p = 1.
    """
    p = [1.0 if one.verdict == "not testable" or math.isnan(one.p) else one.p for one in verdicts]
    adjusted = holm(p)
    corrected = []
    for one, whole in zip(verdicts, adjusted, strict=True):
        if one.verdict in DECIDED and whole > level:
            lacking = f"p {one.p:.3g} alone and {whole:.3g} among {len(verdicts)} claims, above {level:g}"
            one = replace(one, verdict="undecided", lacking=lacking)
        corrected.append(replace(one, holm=math.nan if math.isnan(one.p) else whole))
    return corrected


def _too_few(why: str, excluded: Excluded) -> str:
    if not excluded:
        return why
    return f"{len(excluded)} of its runs are not counted ({'; '.join(by_check(excluded))}); {why}"
