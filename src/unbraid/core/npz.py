"""Zip files and arrays in them: what they say of their own size is compared with what they can hold, first."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from unbraid.core.checks import require

MOST_RATIO = 1040  # deflate makes nothing smaller than by 1032
ENCRYPTED = 1  # flag of a zip's member
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Header = tuple[tuple[int, ...], bool, "np.dtype[Any]"]


def require_plain(member: zipfile.ZipInfo, file: Path) -> None:
    """Raise `UsageError` for a member of a zip that is encrypted, packed in another way, or larger than it can be."""
    rule = f"members of {file} must be plain or deflated"
    require(not member.flag_bits & ENCRYPTED, rule, f"'{member.filename}', which is encrypted")
    require(member.compress_type in METHODS, rule, f"'{member.filename}' of method {member.compress_type}")
    most = MOST_RATIO * (member.compress_size + 1)
    require(member.file_size <= most, rule, f"{member.file_size:,} bytes of '{member.filename}' in {most:,} at most")


def npy_header(stream: IO[bytes]) -> Header:
    """Shape, order and dtype at the start of a npy stream."""
    version = np.lib.format.read_magic(stream)
    read: Any = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, fortran, dtype


def member_header(archive: zipfile.ZipFile, name: str, file: Path) -> Header:
    """The header of an array in an npz, refused where the member cannot hold such an array.

    Raises:
        UsageError: it is encrypted or packed in another way, or says more than it has.
    """
    member = archive.getinfo(name)
    require_plain(member, file)
    with archive.open(name) as stream:
        shape, fortran, dtype = npy_header(stream)
    whole = all(length >= 0 for length in shape) and math.prod(shape) * dtype.itemsize <= member.file_size
    came = f"a header of {dtype} {shape} in {member.file_size:,} bytes"
    require(whole, f"'{name}' of {file} must be whole", came, "write it again")
    return shape, fortran, dtype
