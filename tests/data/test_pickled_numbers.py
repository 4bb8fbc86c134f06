"""Labels in a pickle from anywhere: what they hold is read, and nothing that they ask for is done."""

import pickle
import pickletools
import random
from typing import Any

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data._files.pickled_numbers import numbers_in, read_pickled_numbers
from unbraid.data._files.stored_numbers import RefusedPickleError
from unbraid.data.boxhead_files import read_labels

LABEL = {
    "color": np.float64(0.5),
    "scale": np.array([1.0, 1.0, 1.0]),
    "eye_color": np.array([0.0, 0.2, 0.4, 0.6], np.float32),
    "bg_color": [0.1, np.int64(1)],
    "azimuth": 0.0,
}
LABELS = [LABEL, {**LABEL, "azimuth": np.float64(0.25)}]
ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"


class Calls:
    """A pickle of it calls a function."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", [3, 4])
def test_labels_are_read_as_they_were_written(protocol: int) -> None:
    labels = read_pickled_numbers(pickle.dumps(LABELS, protocol=protocol))
    for read, written in zip(labels, LABELS, strict=True):
        assert {key: numbers_in(value, 4) for key, value in read.items()} == {
            key: np.asarray(value, np.float64).reshape(-1).tolist() for key, value in written.items()
        }


def test_text_protocols_of_plain_numbers_are_read() -> None:
    plain = {"a": [1, 2.5, None, True], "b": (1, ("x",), {})}
    for protocol in (0, 1, 2):
        assert read_pickled_numbers(pickle.dumps(plain, protocol=protocol)) == plain


def test_arrays_of_either_order_of_bytes_are_read() -> None:
    for array in (np.arange(6, dtype=">f8").reshape(2, 3), np.arange(6, dtype="<i4")):
        assert numbers_in(read_pickled_numbers(pickle.dumps(array, protocol=4)), 6) == [0, 1, 2, 3, 4, 5]


def test_a_state_that_turns_bytes_into_pointers_is_refused() -> None:
    """NumPy's dtype takes object type and flags 0 from a file, and an array then reads its bytes as pointers."""
    dtype = b"cnumpy\ndtype\n(S'O8'\nI00\nI01\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntb"
    pointers = ARRAY + b"(I1\n(I1\nt" + dtype + b"I00\nC\x08" + b"A" * 8 + b"tb."
    with pytest.raises(RefusedPickleError, match="it holds numbers of dtype O8"):
        read_pickled_numbers(pointers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (pickle.dumps(Calls(eval, "1 / 0")), "it names builtins.eval"),
        (pickle.dumps(np.array(["text"])), "it holds numbers of dtype U4"),
        (pickle.dumps(np.array([(1, 2.0)], dtype="i4,f8")), "it holds numbers of dtype V12"),
        (pickle.dumps({1.5: 2}), "it holds a key that is no text"),
        (b"}" + b"N" + b"\x85" * 10**5 + b"Ns.", "it holds a key that is no text"),  # hashing it overflows the stack
        (b"cnumpy\ndtype\nN}b.", "it changes a NoneType"),
        (b"cnumpy\ndtype\n}b.", "it changes a StoredName"),
        (b"cnumpy\nndarray\n)R.", "it calls ndarray"),
        (b"cnumpy\ndtype\n]R.", "it calls dtype"),
        (b"]}R.", "it calls list"),
        (b"cnumpy.core.multiarray\n_reconstruct\n(Nt R.".replace(b" ", b""), "an array of another kind"),
        (ARRAY + b"(I1\n(I4\ntcnumpy\ndtype\n(S'f8'\ntRI00\nC\x08" + b"A" * 8 + b"tb.", "more or fewer bytes"),
        (ARRAY + b"(I1\n(I-1\ntcnumpy\ndtype\n(S'f8'\ntRI00\nC\x08" + b"A" * 8 + b"tb.", "no possible shape"),
        (ARRAY + b"(I1\n(I1\ntNI00\nNtb.", "not made of bytes"),
        (b"cnumpy\ndtype\n(S'f8'\ntR(I3\nS'<'\nN(t}I0\nI0\nI0\ntb.", "a dtype with fields"),
        (b"(S'x'\ni__main__\nthing\n.", "it does INST"),
        (b"P1\n.", "it does PERSID"),
        (b"\x82\x01.", "it does EXT1"),
        (b"\x8f.", "it does EMPTY_SET"),
    ],
)
def test_anything_else_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(RefusedPickleError, match=message):
        read_pickled_numbers(text)


def test_a_small_file_stays_small() -> None:
    """A memo with a far number is no array of that length, and lists of lists of lists are not unfolded."""
    assert read_pickled_numbers(b"Nr\xff\xff\xff\xff.") is None
    doubled: Any = [1.0]
    for _ in range(60):
        doubled = [doubled, doubled]
    labels = [{**LABEL, "scale": doubled}]
    with pytest.raises(UsageError, match=r"must hold the numbers bg_color, .*; got ValueError: (list|more)"):
        read_labels([0], pickle.dumps(labels), "a group")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, "1.0", [[[[1.0]]]], [0.5] * 5, {}, [10**400] * 4])
def test_what_is_no_number_is_named(value: Any) -> None:
    with pytest.raises(UsageError, match="each label of a group must hold the numbers"):
        read_labels([0], pickle.dumps([{**LABEL, "eye_color": value}]), "a group")  # type: ignore[arg-type]


def mutated(rng: random.Random, text: bytes) -> bytes:
    """The text with some bytes changed, cut out or doubled, or instructions put in."""
    content = bytearray(text)
    opcodes = [ord(opcode.code) for opcode in pickletools.opcodes]
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(content))
        kind = rng.random()
        if kind < 0.4:
            content[place] = rng.choice(opcodes) if rng.random() < 0.7 else rng.randrange(256)
        elif kind < 0.6:
            content[place:place] = bytes(rng.choice(opcodes) for _ in range(rng.randint(1, 4)))
        elif kind < 0.8:
            del content[place : place + rng.randint(1, 8)]
        else:
            content[place:place] = content[place : place + rng.randint(1, 40)]
        if not content:
            return b"."
    return bytes(content)


def fuzz(rounds: int, seed: int) -> tuple[int, int]:
    """How many changed files were read, and how many were refused in words."""
    rng = random.Random(seed)
    texts = [pickle.dumps(LABELS, protocol=protocol) for protocol in (0, 2, 3, 4)]
    read, refused = 0, 0
    for _ in range(rounds):
        try:
            labels = read_labels([0, 0], mutated(rng, rng.choice(texts[1:])), "a group")  # type: ignore[arg-type]
            assert labels.shape == (2, 9)
            read += 1
        except UsageError as error:
            refused += str(error).startswith(
                ("the labels of a group must", "the labels of a group may", "each label of")
            )
    return read, refused


def test_changed_files_are_read_or_refused() -> None:
    read, refused = fuzz(400, seed=0)
    assert read + refused == 400
    assert refused > 200


@pytest.mark.slow
def test_many_changed_files_are_read_or_refused() -> None:
    read, refused = fuzz(5_000, seed=1)
    assert read + refused == 5_000
    assert min(read, refused) > 50
