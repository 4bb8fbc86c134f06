import hashlib
import os
import shutil
import urllib.request
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.data.served import served
from unbraid.core import UsageError
from unbraid.data._files import sources
from unbraid.data._files.fetch import fetch, fetched
from unbraid.data._files.locations import digest, located, require_whole
from unbraid.data._files.sources import SourceFile, files_of

BODY = bytes(range(256)) * 2000
MD5 = "md5:" + hashlib.md5(BODY).hexdigest()


@pytest.fixture(autouse=True)
def _no_proxy_and_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def source(*urls: str, checksum: str = MD5, size: int | None = len(BODY)) -> SourceFile:
    return SourceFile("a.bin", urls, checksum, size)


def test_a_file_arrives_whole_and_is_not_fetched_twice(tmp_path):
    with served(a__bin=BODY) as (at, requests):
        file = fetched(source(f"{at}/a.bin"), tmp_path)
        assert file.read_bytes() == BODY
        assert sorted(os.listdir(tmp_path)) == [".a.bin.lock", "a.bin"]
        fetched(source(f"{at}/a.bin"), tmp_path)
        assert len(requests) == 1


def test_a_broken_connection_is_resumed_where_it_stopped(tmp_path):
    with served(a__bin=BODY) as (at, requests):
        file = fetched(source(f"{at}/cut/a.bin", f"{at}/a.bin"), tmp_path)
    assert file.read_bytes() == BODY
    half = len(BODY) // 2
    assert requests == [
        ("/cut/a.bin", None),
        ("/cut/a.bin", f"bytes={half}-"),
        ("/cut/a.bin", f"bytes={half + half // 2}-"),
        ("/a.bin", f"bytes={half + half // 2 + half // 4}-"),
    ]


def test_a_server_that_cannot_resume_starts_again(tmp_path):
    (tmp_path / "a.bin.part").write_bytes(BODY[:1000])
    with served(a__bin=BODY) as (at, _):
        assert fetched(source(f"{at}/plain/a.bin"), tmp_path).read_bytes() == BODY


def test_a_complete_part_needs_no_request_and_one_of_unknown_size_asks_for_the_rest(tmp_path):
    (tmp_path / "a.bin.part").write_bytes(BODY)
    with served(a__bin=BODY) as (at, requests):
        assert fetched(source(f"{at}/a.bin"), tmp_path).read_bytes() == BODY
        assert requests == []
        (tmp_path / "a.bin").rename(tmp_path / "a.bin.part")
        assert fetched(source(f"{at}/a.bin", size=None), tmp_path).read_bytes() == BODY  # answered with 416


def test_an_answer_of_another_range_is_not_appended(tmp_path):
    (tmp_path / "a.bin.part").write_bytes(BODY[:1000])
    with served(a__bin=BODY) as (at, requests):
        for checksum in (MD5, ""):  # without one, nothing else would see it
            target = tmp_path / f"with{len(checksum)}"
            target.mkdir()
            (target / "a.bin.part").write_bytes(BODY[:1000])
            file = fetched(source(f"{at}/else/a.bin", checksum=checksum, size=None), target)
            assert file.read_bytes() == BODY
        assert [wanted for _, wanted in requests] == ["bytes=1000-", None] * 2


def test_a_server_that_sends_without_end_is_left(tmp_path):
    with served(a__bin=BODY) as (at, _), pytest.raises(UsageError, match=r"bytes instead of 512,000"):
        fetched(source(f"{at}/endless/a.bin"), tmp_path)
    assert not (tmp_path / "a.bin").exists()


def test_four_that_fetch_one_file_at_once_all_have_it(tmp_path):
    with served(a__bin=BODY) as (at, requests), ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _: fetched(source(f"{at}/a.bin"), tmp_path), range(4)))
    assert all(file.read_bytes() == BODY for file in files)
    assert len(requests) == 1


def test_a_part_of_something_else_is_dropped_after_its_checksum(tmp_path):
    (tmp_path / "a.bin.part").write_bytes(b"y" * 5000)
    with served(a__bin=BODY) as (at, requests):
        assert fetched(source(f"{at}/a.bin"), tmp_path).read_bytes() == BODY
        assert [wanted for _, wanted in requests] == ["bytes=5000-", None]


def test_mirrors_are_tried_in_turn_and_wrong_files_never_stay(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"an old, wrong file")
    with served(a__bin=BODY) as (at, requests):
        file = fetched(source(f"{at}/lost/a.bin", f"{at}/wrong/a.bin", f"{at}/a.bin"), tmp_path)
        assert [path for path, _ in requests] == ["/lost/a.bin", "/wrong/a.bin", "/a.bin"]
    assert file.read_bytes() == BODY


def test_a_page_instead_of_the_file_is_named_and_harms_nothing(tmp_path):
    page = b"  <!DOCTYPE html><html><body>Please log in</body></html>"
    (tmp_path / "a.bin.part").write_bytes(BODY[:1000])
    with served(a__bin=BODY, page=page) as (at, requests):
        with pytest.raises(UsageError, match=r"/html/page: a page of HTML, such as of a login or an error, instead of"):
            fetched(source(f"{at}/html/page"), tmp_path)
        assert (tmp_path / "a.bin.part").read_bytes() == BODY[:1000]  # told by its type, before a byte is kept
        assert fetched(source(f"{at}/html/page", f"{at}/a.bin"), tmp_path).read_bytes() == BODY
        assert requests[-1] == ("/a.bin", "bytes=1000-")
        unsummed = SourceFile("b.bin", (f"{at}/page",))
        with pytest.raises(UsageError, match=r"/page: a page of HTML.* instead of the file"):  # told by its beginning
            fetched(unsummed, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix != ".lock") == ["a.bin"]
    (tmp_path / "b.bin").write_bytes(page)
    with pytest.raises(UsageError, match=r"b.bin must be the published file; got a page of HTML"):
        require_whole(tmp_path / "b.bin", unsummed)


def test_when_no_mirror_helps_each_reason_and_the_way_by_hand_are_said(tmp_path):
    with served(a__bin=BODY) as (at, _):
        closed = "http://127.0.0.1:1/a.bin"
        with pytest.raises(UsageError) as error:
            fetched(source(f"{at}/lost/a.bin", f"{at}/wrong/a.bin", f"{at}/cut/a.bin", closed), tmp_path)
    message = str(error.value)
    for phrase in ("HTTP 404", "md5 ", "it stopped after", "refused", f"by hand at {tmp_path / 'a.bin'}", MD5):
        assert phrase in message
    assert not (tmp_path / "a.bin").exists()


def test_without_a_network_the_message_says_where_to_put_the_file(monkeypatch):
    def offline(*args: object, **kwargs: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", offline)
    with pytest.raises(
        UsageError, match=r"no network.*by hand at .*data/shapes3d/3dshapes.h5 \(267,573,662 bytes; sha256"
    ):
        fetch("shapes3d")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_disk_that_fills_while_writing(tmp_path):
    (tmp_path / "a.bin.part").symlink_to("/dev/full")
    with served(a__bin=BODY) as (at, _), pytest.raises(UsageError, match=r"No space left.*UNBRAID_DATA"):
        fetched(source(f"{at}/a.bin"), tmp_path)


def test_a_disk_without_room_is_refused_before_the_first_byte(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")(1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with served(a__bin=BODY) as (at, _), pytest.raises(UsageError, match="No space left"):
        fetched(source(f"{at}/a.bin"), tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="must be a folder that can be written"):
        fetched(source("http://127.0.0.1:1/a.bin"), tmp_path / "file" / "sub")


def test_fetch_takes_the_files_of_one_dataset_or_variant(monkeypatch, tmp_path):
    with served(a__bin=BODY, b__bin=b"b") as (at, _):
        files = (
            SourceFile("a.bin", (f"{at}/a.bin",), MD5, variant="one"),
            SourceFile("b.bin", (f"{at}/b.bin",), variant="two"),
            SourceFile("c.bin", variant="three", note="ask the authors"),
            SourceFile("d.bin", variant="two", optional=True),
        )
        monkeypatch.setitem(sources.SOURCES, "mpi3d", files)
        assert [file.name for file in fetch("mpi3d", variant="one")] == ["a.bin"]
        assert fetch("mpi3d", variant="two", folder=tmp_path)[0].read_bytes() == b"b"
        with pytest.raises(UsageError, match=r"no plain download; .* put it by hand at .*c.bin \(.*ask the authors\)"):
            fetch("mpi3d", variant="three")
        (tmp_path / "c.bin").write_bytes(b"c")
        assert fetch("mpi3d", variant="three", folder=tmp_path) == [tmp_path / "c.bin"]
    with pytest.raises(UsageError, match=r"comes in variants.*one, two, three"):
        fetch("mpi3d")
    with pytest.raises(UsageError, match=r"variant of mpi3d must be one of"):
        fetch("mpi3d", variant="four")
    with pytest.raises(UsageError, match=r"dataset that can be downloaded must be one of.*Did you mean 'mnist'"):
        fetch("minst")
    with pytest.raises(UsageError, match="toy needs no download"):
        fetch("toy")


def test_checksums_are_of_the_whole_file(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"hello\n")
    assert digest(file, "git") == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object
    assert digest(file, "md5") == "b1946ac92492d2347c6235b4d2611184"
    with pytest.raises(UsageError, match=r"must be the published file; got 6 bytes instead of 512,000"):
        require_whole(file, source())
    with pytest.raises(UsageError, match=r"got md5 b1946.* instead of"):
        require_whole(file, source(size=None))


def test_a_missing_file_is_named_with_the_command_and_the_place(tmp_path):
    with pytest.raises(
        UsageError, match=r"needs the file .*mpi3d_real.npz; it is not there. Run `unbraid data get mpi3d --var"
    ):
        located("mpi3d", "mpi3d_real.npz", None)
    with pytest.raises(UsageError, match=r"Put it by hand at .*ordered.npz"):
        located("mpi3d", "real3d_complicated_shapes_ordered.npz", str(tmp_path))
    (tmp_path / "mine.h5").write_bytes(b"\x89HDF")
    assert located("shapes3d", "3dshapes.h5", str(tmp_path / "mine.h5")) == tmp_path / "mine.h5"


def test_the_table_of_sources_is_complete():
    for name, files in sources.SOURCES.items():
        for file in files:
            kind, _, digits = file.checksum.partition(":")
            assert len(digits) == {"md5": 32, "sha256": 64, "git": 40, "": 0}[kind], file.name
            assert all(url.startswith(("https://", "http://")) for url in file.urls)
            assert file.urls or file.note, file.name
        variants = {file.variant for file in files}
        assert all(files_of(name, variant or None) for variant in variants)
