"""Files as people have them: arrays under other names, annotated data, labels elsewhere or nowhere, wrong order."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from unbraid.core import UsageError
from unbraid.metrics import Representation, read_representation, remarks, score
from unbraid.metrics._files import read_codes

RNG = np.random.default_rng(0)
FACTORS = np.stack([RNG.integers(4, size=300), RNG.integers(5, size=300)], axis=1)
CODE = FACTORS + 0.01 * RNG.standard_normal((300, 2))
ANNOTATED = Path(__file__).parent / "annotated.h5ad"  # written by anndata 0.12.19
FRAME = pd.DataFrame(CODE, columns=["z0", "z1"]).assign(shape=FACTORS[:, 0], size=FACTORS[:, 1])


def mig_of(rep: Representation) -> float | None:
    return score(rep, metrics="mig", floor=False, progress=False)["mig"].value


def written(folder: Path, name: str) -> Path:
    path = folder / name
    if path.suffix == ".npz":
        np.savez(path, latents=CODE, labels=FACTORS, shape=FACTORS[:, 0], size=FACTORS[:, 1], note=np.array({}, object))
    elif path.suffix == ".safetensors":
        columns = {"shape": FACTORS[:, 0].copy(), "size": FACTORS[:, 1].copy()}
        save_file({"latents": CODE, "labels": FACTORS, **columns}, path)
    elif path.suffix == ".parquet":
        FRAME.to_parquet(path)
    else:
        FRAME.to_csv(path, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("name", ["codes.npz", "codes.safetensors"])
def test_arrays_under_other_names(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name)
    rep, _ = read_representation(path, "labels", code="latents")
    assert np.array_equal(rep.factors, FACTORS)
    assert np.array_equal(rep.code, CODE)
    named, _ = read_representation(path, ["shape", "size"], code="latents")
    assert named.space.names == ("shape", "size")
    assert mig_of(named) == mig_of(rep)
    with pytest.raises(UsageError, match=r"must hold codes \[N, D\] as 'code'; got no 'code'; it holds .*--code"):
        read_representation(path)
    with pytest.raises(UsageError, match=r"Did you mean 'labels'\? name them with --factors"):
        read_representation(path, "label", code="latents")


@pytest.mark.parametrize("name", ["codes.csv", "codes.tsv", "codes.parquet"])
def test_tables_of_any_format(tmp_path: Path, name: str) -> None:
    rep, left_out = read_representation(written(tmp_path, name))
    assert rep.space.names == ("shape", "size")
    assert left_out == ([] if name.endswith("parquet") else ["Unnamed: 0"])
    assert mig_of(rep) == mig_of(Representation.from_arrays(CODE, FACTORS))


def test_codes_alone_have_no_factors_and_label_free_scores(tmp_path: Path) -> None:
    np.save(tmp_path / "codes.npy", CODE)
    scores = score(tmp_path / "codes.npy", floor=False, progress=False)
    assert "mig" not in scores
    assert scores["gaussian_total_correlation"].value is not None
    assert set(score(CODE, floor=False, progress=False)) == set(scores)
    FRAME[["z0", "z1"]].to_csv(tmp_path / "codes.csv", index=False)
    assert len(read_representation(tmp_path / "codes.csv")[0].space) == 0


def test_labels_in_a_file_of_their_own(tmp_path: Path) -> None:
    np.save(tmp_path / "codes.npy", CODE)
    FRAME[["shape", "size"]].to_csv(tmp_path / "labels.csv", index=False)
    np.savez(tmp_path / "labels.npz", factors=FACTORS, names=["shape", "size"])
    for labels in ("labels.csv", "labels.npz"):
        rep, _ = read_representation(tmp_path / "codes.npy", labels=tmp_path / labels)
        assert np.array_equal(rep.factors, FACTORS)
        assert rep.space.names == ("shape", "size")
        assert score(tmp_path / "codes.npy", tmp_path / labels, "mig", floor=False, progress=False)["mig"].value
    only, _ = read_representation(tmp_path / "codes.npy", "size", labels=tmp_path / "labels.csv")
    assert only.space.names == ("size",)
    assert score(tmp_path / "codes.npy", FACTORS, "mig", floor=False, progress=False)["mig"].value == mig_of(rep)


def test_labels_are_matched_by_the_names_of_rows(tmp_path: Path) -> None:
    """The labels stand in another order, and some rows have none."""
    names = [f"{k}.png" for k in range(300)]
    FRAME[["z0", "z1"]].assign(file=names, logvar0=0.0, logvar1=-1.0).to_csv(tmp_path / "codes.csv", index=False)
    labels = FRAME[["shape"]].assign(picture=names).iloc[::-1].iloc[:250]
    labels.to_csv(tmp_path / "labels.csv", index=False)
    reading = read_codes(tmp_path / "codes.csv", labels=tmp_path / "labels.csv")
    assert reading.said == "matched by 'picture'; 50 of 300 have none"
    assert reading.rep.missing is not None
    assert np.array_equal(reading.rep.factors[50:, 0], FACTORS[50:, 0])
    assert reading.rep.missing[:50].all()
    assert reading.rep.logvar is not None
    assert reading.rep.logvar[0].tolist() == [0, -1]


def test_the_codes_own_columns_are_no_labels(tmp_path: Path) -> None:
    np.save(tmp_path / "codes.npy", CODE)
    reading = read_codes(tmp_path / "codes.npy", labels=written(tmp_path, "all.csv"))
    assert reading.rep.space.names == ("shape", "size")
    assert reading.left_out == ("Unnamed: 0", "z0", "z1")


def test_annotated_data(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    rep, left_out = read_representation(ANNOTATED, code="X_vae")
    kinds = {factor.name: factor.kind for factor in rep.space.factors}
    assert kinds == dict(
        cell_type="categorical", age="continuous", good="categorical", flag="categorical", count="ordinal"
    )
    assert left_out == ["barcode"]
    assert rep.missing is not None
    assert rep.missing.sum(axis=0).tolist() == [10, 4, 0, 20, 15]
    assert rep.space.factors[0].labels == ("B", "Mono", "NK", "T")
    table, _ = read_representation(ANNOTATED, ["age"], code="X_pca")
    assert table.latent_names == ("pc0", "pc1")
    assert read_representation(ANNOTATED, ["age"], code="X")[0].latents == 4
    for options, message in [
        ({}, "several embeddings: one must be named; got X_pca, X_vae; name one with --code"),
        ({"code": "X_va"}, "a key of obsm, must be one of: X_pca, X_vae, X; got 'X_va'; Did you mean 'X_vae'"),
        ({"code": "X_vae", "factors": ["celltype"]}, "a column of obs, must be one of: .*Did you mean 'cell_type'"),
    ]:
        with pytest.raises(UsageError, match=message):
            read_representation(ANNOTATED, **options)
    (tmp_path / "x.h5ad").write_bytes(b"\x89HDF no more")
    with pytest.raises(UsageError, match="must be a whole file of annotated data"):
        read_representation(tmp_path / "x.h5ad")


def test_other_label_columns_do_not_become_latents() -> None:
    """Of a table with numbered latents, columns that are not named are neither; gaps in them do not matter."""
    frame = FRAME.assign(age=np.where(np.arange(300) % 9, RNG.normal(40, 5, 300), np.nan))
    with pytest.warns(UserWarning, match="left out of latents and factors: size, age"):
        scores = score(frame, ["shape"], "mig", floor=False, progress=False)
    assert scores["mig"].value == mig_of(Representation.from_arrays(CODE, FACTORS[:, 0]))
    with pytest.raises(UsageError, match=r"'age' with gaps in 34 of 300 rows; if it is a label, name it among the"):
        score(frame.rename(columns={"z0": "a", "z1": "b"}), ["shape"], "mig", progress=False)


def test_a_word_that_begins_like_a_latent_is_none_where_latents_are_numbered(tmp_path: Path) -> None:
    FRAME.assign(zoom=FACTORS[:, 1], codec=FACTORS[:, 0]).to_csv(tmp_path / "codes.csv", index=False)
    rep, _ = read_representation(tmp_path / "codes.csv")
    assert rep.latent_names == ("z0", "z1")
    assert rep.space.names == ("shape", "size", "zoom", "codec")


def test_row_names_of_dataframes_are_left_out_and_named() -> None:
    labels = FRAME[["shape", "size"]].reset_index()
    with pytest.warns(UserWarning, match="left out of latents and factors: index"):
        scores = score(CODE, labels, "mig", floor=False, progress=False)
    assert set(scores["mig"].parts) == {"shape", "size"}


def test_labels_given_as_codes_are_noticed() -> None:
    with pytest.warns(UserWarning, match="Codes and labels may have changed places"):
        score(FACTORS, CODE, "mig", floor=False, progress=False)
    assert "changed places" in remarks(Representation.from_arrays(FACTORS, CODE))[0]
    counted = Representation.from_arrays(np.stack([np.arange(300), CODE[:, 0]], axis=1), FACTORS)
    assert "Latent z0 numbers the rows: leave it out." in remarks(counted)


def test_numbers_with_words_among_them_are_refused() -> None:
    """One '?' made words of all numbers, without an order."""
    ages = [str(age) for age in range(39)] + ["?"]
    with pytest.raises(UsageError, match=r"'age' must hold numbers or words, not both; got '\?' among numbers"):
        Representation.from_arrays(np.zeros((40, 1)), {"age": ages})
    assert Representation.from_arrays(np.zeros((40, 1)), {"age": ages}, kinds={"age": "categorical"}).space.sizes == (
        40,
    )


def test_a_saved_web_page_is_called_that(tmp_path: Path) -> None:
    for name in ("codes.npz", "codes.csv", "codes.safetensors", "codes.parquet", "codes.npy"):
        (tmp_path / name).write_bytes(b"\n<!doctype HTML><html><body>Quota exceeded")
        with pytest.raises(UsageError, match=r"got a saved web page \(HTML\); the download asked for a login"):
            read_representation(tmp_path / name)
