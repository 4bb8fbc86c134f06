"""Arrays that are made once, block by block and by several processes, and gone on with where they were stopped."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from unbraid.core import progress_bar
from unbraid.data._files.cache import complete_array, ready_array, reserve
from unbraid.data._files.prepared import release

Make = Callable[[int], np.ndarray]


def array_in_blocks(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.typing.DTypeLike,
    make: Make,
    blocks: int,
    about: str,
    workers: int | None = None,
) -> np.ndarray:
    """The array stored at `path` (.npy), memory-mapped; made first, when missing or damaged, in blocks of equal rows.

    Blocks are written into `.part` beside it, and `.done` states each with its checksum once it is on the disk. A later
    call goes on with the others and makes those again that differ from their checksum. Two calls at once take turns.

    Args:
        path: where the whole array will lie.
        shape: of the array; `blocks` divides its rows.
        dtype: of the array.
        make: `make(block)` -> rows of that block; a function of a module, since other processes call it.
        blocks: how many blocks there are.
        about: what the array holds, for the note beside it; another text begins anew.
        workers: processes; None takes one a core.

    Raises:
        UsageError: the folder cannot be written, or the disk is full.
    """
    part, log = path.with_suffix(".part"), path.with_suffix(".done")
    begun = json.dumps({"shape": list(shape), "dtype": str(np.dtype(dtype)), "blocks": blocks, "about": about})

    def all_blocks() -> None:
        _make_missing(_part(part, log, begun, shape, dtype), log, make, blocks, workers)
        complete_array(part, path, about)
        log.unlink()

    return ready_array(path, shape, dtype, all_blocks, "; it goes on where it stopped")


def _make_missing(array: np.memmap, log: Path, make: Make, blocks: int, workers: int | None) -> None:
    """Fill the array with the blocks that it lacks."""
    from joblib import Parallel, cpu_count, delayed

    rows = len(array) // blocks
    done = _whole_blocks(array, log, rows, blocks)
    missing = [block for block in range(blocks) if block not in done]
    what = f"preparing {log.stem}"
    with Parallel(n_jobs=workers or cpu_count(), return_as="generator") as pool, progress_bar(what) as progress:
        for count, (block, content) in enumerate(zip(missing, pool(map(delayed(make), missing)), strict=True)):
            array[block * rows : (block + 1) * rows] = content
            array.flush()
            release(array)
            with log.open("a", encoding="ascii") as file:
                file.write(f"{block} {zlib.crc32(content.tobytes())}\n")
            progress(what, len(done) + count + 1, blocks)


def _part(part: Path, log: Path, begun: str, shape: tuple[int, ...], dtype: np.typing.DTypeLike) -> np.memmap:
    """The array that is being made: the one begun with the same words, or a new one."""
    try:
        if log.read_text(encoding="ascii").split("\n")[0] == begun:
            array = np.lib.format.open_memmap(part, mode="r+")
            if array.shape == shape and array.dtype == np.dtype(dtype):
                reserve(part)  # one that was cut short has grown to its size again, with holes
                return array
    except (OSError, ValueError):
        pass  # nothing to go on with
    array = np.lib.format.open_memmap(part, mode="w+", dtype=np.dtype(dtype), shape=shape)
    reserve(part)
    log.write_text(begun + "\n", encoding="ascii")
    return array


def _whole_blocks(array: np.ndarray, log: Path, rows: int, blocks: int) -> set[int]:
    """Blocks that are stated as done and have the checksum stated."""
    done = set()
    for line in log.read_text(encoding="ascii").split("\n")[1:-1]:  # without the last, which may have been cut
        block, _, checksum = line.partition(" ")
        if block.isdigit() and checksum.isdigit() and int(block) < blocks:
            content = array[int(block) * rows : (int(block) + 1) * rows]
            if zlib.crc32(content.tobytes()) == int(checksum):
                done.add(int(block))
    return done
