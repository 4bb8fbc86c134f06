"""Some codes of each kept run: rows of the latents in use, in half precision, with the levels of their factors.

One safetensors file a study. `code/RUN` [N, D] float16 and `latents/RUN` [D], their numbers in the model. The rows are
the same for all runs that were scored on the same rows, and their levels stand once, as `factors/TABLE` [N, K] (with
`missing/TABLE` where some are unknown). The note in its header says which table a run's rows are of, how many of its
latents stand in each layer, and what the factors are.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import FactorSpace, rng
from unbraid.core.factors import factor_from
from unbraid.evaluation import IN_USE, latent_kl
from unbraid.metrics import Representation
from unbraid.store import RunDirectory

CODES = "codes.safetensors"
ROWS = 1_000  # at most, of each run
BYTES, HEADER = 4_000_000, 100_000  # of a study's file, at most; of its header, about


@dataclass(frozen=True)
class KeptCodes:
    """Codes of some rows of one run.

    Args:
        code: posterior means [N, D] float16.
        latents: their numbers in the model [D].
        layers: how many of them stand in each layer.
        factors: levels [N, K].
        missing: bool [N, K], or None.
        space: the factors [K].
    """

    code: np.ndarray
    latents: np.ndarray
    layers: tuple[int, ...]
    factors: np.ndarray
    missing: np.ndarray | None
    space: FactorSpace

    @classmethod
    def of(cls, rep: Representation) -> KeptCodes:
        """At most 1,000 rows of the latents whose posterior KL is above .01 nat; of all where it is unknown."""
        rows = rng(0, 0, "rows of kept codes").permutation(len(rep))[:ROWS]
        used = latent_kl(rep) > IN_USE if rep.logvar is not None else np.ones(rep.latents, dtype=bool)
        ends = np.cumsum((0, *rep.layers))
        layers = [int(used[begin:end].sum()) for begin, end in itertools.pairwise(ends)]
        missing = None if rep.missing is None else rep.missing[rows]
        factors = rep.factors[rows] if missing is None else np.where(missing, 0, rep.factors[rows])
        if np.issubdtype(factors.dtype, np.integer):
            factors = factors.astype(np.min_scalar_type(int(factors.max(initial=0))))
        code = rep.code[rows][:, used].astype(np.float16)
        return cls(code, np.flatnonzero(used).astype(np.int32), tuple(layers), factors, missing, rep.space)

    @property
    def table(self) -> str:
        """A name for the rows and what their factors are: runs with the same rows share it."""
        parts = [self.factors.tobytes(), b"" if self.missing is None else self.missing.tobytes()]
        return hashlib.sha256(b"".join(parts) + json.dumps(_described(self.space)).encode()).hexdigest()[:12]

    def first(self, rows: int) -> KeptCodes:
        """The first rows alone."""
        missing = None if self.missing is None else self.missing[:rows]
        return replace(self, code=self.code[:rows], factors=self.factors[:rows], missing=missing)

    def representation(self) -> Representation | None:
        """As a representation, whose latents keep their names; None where no latent was in use."""
        if not len(self.latents):
            return None
        factors = self.factors.astype(np.int64 if np.issubdtype(self.factors.dtype, np.integer) else np.float64)
        return Representation.from_arrays(
            self.code.astype(np.float32),
            factors,
            space=self.space,
            layers=self.layers,
            missing=self.missing,
            latent_names=[f"z{latent}" for latent in self.latents],
        )


def write_codes(folder: Path, codes: Mapping[str, KeptCodes]) -> None:
    """Replace the file of a study; where it would be larger than 4 MB, each run keeps fewer of its rows."""
    if not codes:
        return
    row = sum(2 * max(1, run.code.shape[1]) for run in codes.values())
    row += sum({run.table: run.factors[:1].nbytes + len(run.space) for run in codes.values()}.values())
    rows = min(ROWS, (BYTES - HEADER) // row)
    arrays: dict[str, np.ndarray] = {}
    note: dict[str, Any] = {"runs": {}, "tables": {}}
    for name, whole in sorted(codes.items()):
        run = whole.first(rows)
        arrays |= {f"code/{name}": run.code, f"latents/{name}": run.latents, f"factors/{run.table}": run.factors}
        if run.missing is not None:
            arrays[f"missing/{run.table}"] = run.missing
        note["runs"][name] = {"table": run.table, "layers": run.layers}
        note["tables"][run.table] = _described(run.space)
    RunDirectory(folder).write_tensors(CODES, arrays, note)


def read_codes(folder: Path) -> dict[str, KeptCodes]:
    """Run -> what is kept of its codes; none where the file is not there, as in archives of earlier versions."""
    files = RunDirectory(folder)
    if not files.has(CODES):
        return {}
    arrays, note = files.read_tensors(CODES), files.read_note(CODES)
    spaces = {name: FactorSpace(tuple(map(factor_from, table))) for name, table in note["tables"].items()}
    return {
        name: KeptCodes(
            arrays[f"code/{name}"],
            arrays[f"latents/{name}"],
            tuple(run["layers"]),
            arrays[f"factors/{run['table']}"],
            arrays.get(f"missing/{run['table']}"),
            spaces[run["table"]],
        )
        for name, run in note["runs"].items()
    }


def _described(space: FactorSpace) -> list[dict[str, Any]]:
    return [asdict(factor) for factor in space.factors]
