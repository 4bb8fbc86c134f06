"""A claim: a checkable statement about a study's runs, written before they are run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from inspect import Parameter
from typing import Any

from unbraid.core import Spec, UsageError, bind, label_of, load_entry, names, options_of, require, require_known
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._keys import (
    GIVEN,
    PostHoc,
    Reads,
    Requires,
    control_of,
    explore_of,
    post_hoc_of,
    reads_of,
    refuse_absent,
    refuse_logged,
    require_smallest,
    requires_of,
)
from unbraid.studies.claims._selection import Scores, described, matches


@dataclass(frozen=True)
class Claim:
    """One checkable statement: what claims of every kind have, and what this kind asks.

    Args:
        says: the claim in plain words.
        kind: a file of this folder, or `package.module:kind` outside.
        where_printed: table, figure or section of the paper.
        smallest_effect: the least effect, in the units of the kind, that counts.
        where: settings that all runs it is about share.
        part: a part of the metric instead of its value.
        layer: the latent layer, for layered models.
        why: what the check stands for where the words and the check differ.
        control: settings of runs at the same budget that must show what the claim says is absent, in the place of the
            claimed group; of `agree` and `disagree` it may be a pair of metrics. None for no control.
        requires: bounds on the manipulation checks of every run it counts, beside those of the study.
        reads: above chance, wherever the metric has such a value, or the value as it is.
        post_hoc: that it was written or changed after runs had been seen.
        explore: why there are fewer seeds than could decide it; its verdict is then undecided, whatever they show.
        asks: what the kind's signature takes: metrics, groups of runs, thresholds, axes.
    """

    says: str
    kind: str
    where_printed: str = ""
    smallest_effect: float = 0.0
    where: Group = field(default_factory=dict)
    part: str = ""
    layer: int | None = None
    why: str = ""
    control: Mapping[str, Any] | None = None
    requires: Requires = field(default_factory=dict)
    reads: Reads = "above"
    post_hoc: PostHoc | None = None
    explore: str = ""
    asks: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Claim:
        """Read one entry of a study file's claims.

        Raises:
            UsageError: an unknown kind; unknown or missing keys; keys that say what none may say (see `_keys`).
        """
        readable = isinstance(given, Mapping) and "says" in given and "kind" in given
        require(readable, "a claim needs 'says' and 'kind'", given)
        label, kind = f"claim '{given['says']}'", str(given["kind"])
        if ":" not in kind:
            require_known(kind, names("claims"), f"{label}: kind")
        entry = load_entry("claims", kind)
        taken = options_of(entry)
        refuse_absent(given, label)
        common = [key.name for key in fields(cls) if key.name not in ("asks", *taken)]
        for key in given:
            require_known(key, [*common, *taken], f"{label}: key")
        for key, parameter in taken.items():
            needed = parameter.default is Parameter.empty
            require(key in given or not needed, f"{label} of kind {kind} needs '{key}'")
        asks = bind(entry, {key: _labelled(key, given[key]) for key in taken if key in given}, label)
        shared = {key: given[key] for key in common if given.get(key) is not None}
        readers = {"requires": requires_of, "reads": reads_of, "post_hoc": post_hoc_of, "explore": explore_of}
        shared |= {key: read(shared[key], label) for key, read in readers.items() if key in shared}
        if "control" in shared:
            shared["control"] = control_of(shared["control"], kind, label)
        claim = cls(**shared, asks=asks)
        require_smallest(claim.smallest_effect, kind, asks, label)
        for metric in claim.metrics:
            refuse_logged(metric, label)
        return claim

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics the claim is about."""
        return tuple(self.asks["metrics"]) if "metrics" in self.asks else (self.asks["metric"],)

    def require_metrics(self, computed: set[str]) -> None:
        """Refuse a claim about a metric that the study does not compute."""
        for metric in self.metrics:
            if metric not in computed | GIVEN:
                raise UsageError(
                    f"claim '{self.says}' is about '{metric}', which the study does not compute; "
                    f"add it to metrics, or choose one of {', '.join(sorted(computed | GIVEN))}."
                )

    def scores(self, frame: Any) -> Scores:
        """The scores it looks at, of a study's tidy table (see `collect`)."""
        return Scores(frame, self.part, self.layer, self.where, self.reads)

    def effect(self, frame: Any) -> Effect:
        """What its kind makes of a study's tidy table.

        Raises:
            TooFewRunsError: the runs it needs are not there, or have no such score.
        """
        effect: Effect = load_entry("claims", self.kind)(self.scores(frame), **self.asks)
        return effect


def _labelled(key: str, value: Any) -> Any:
    """A metric by the name that tables give it, where it is given as a name with options; anything else as it is."""
    if key == "metrics":
        return [_labelled("metric", metric) for metric in value]
    return label_of("metrics", Spec.of(value)) if key == "metric" and isinstance(value, Mapping) else value


def sides(claim: Claim) -> list[dict[str, Any]]:
    """What a claim asks of the settings of the runs that it compares; one entry for each group of runs."""
    groups: list[Group] = []
    for value in claim.asks.values():
        several = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        groups += [group for group in several if isinstance(group, Mapping)]
    merged = [{**claim.where, **group} for group in groups or [{}]]
    return [dict(_of_runs(side)) for side in merged]


def unmatched(claim: Claim, settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sides of a claim, and its control, that no run has, given the runs' settings: it cannot be decided."""
    lacking = [described(side) for side in sides(claim) if not _matched(side, settings)]
    control = control_side(claim)
    if control is None or _matched(control, settings):
        return lacking
    return [*lacking, f"control: {described({**claim.where, **(claim.control or {})})}"]


def control_side(claim: Claim) -> Group | None:
    """What a claim's control asks of the settings of runs; None where it names none, or a pair of metrics."""
    if claim.control is None or "metrics" in claim.control:
        return None
    return _of_runs({**claim.where, **claim.control})


def _matched(group: Group, settings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some run has the settings of a group; a baseline is one of the runs that it is made for."""
    asked = {key: value for key, value in _of_runs(group).items() if key != "baseline"}
    return any(matches(asked, run) for run in settings)


def _of_runs(group: Group) -> Group:
    """What a group asks of a run's settings: a layer is none of them."""
    return {key: value for key, value in group.items() if key != "layer"}
