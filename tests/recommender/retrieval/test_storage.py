"""Index files: whole or not there, and never trusted blindly."""

import numpy as np
import pytest

from matchmaker.recommender.retrieval import (
    Bag,
    Damaged,
    DenseIndex,
    SparseIndex,
    read_arrays,
    write_arrays,
)

ARRAYS = {
    "a": np.arange(7, dtype=np.int64),
    "none": np.zeros((0, 5), np.float32),
    "b": np.ones((3, 2), np.float16),
}


def test_arrays_come_back_with_kind_shape_and_facts(tmp_path):
    write_arrays(tmp_path / "x", ARRAYS, {"名": [1, 2]})
    found, facts = read_arrays(tmp_path / "x", verify=True)

    assert facts == {"名": [1, 2]}
    assert [*found] == [*ARRAYS]
    for name, array in ARRAYS.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert (found[name] == array).all()


def test_what_was_read_cannot_be_written_to(tmp_path):
    write_arrays(tmp_path / "x", ARRAYS)

    with pytest.raises(ValueError, match="read-only"):
        read_arrays(tmp_path / "x")[0]["a"][0] = 1


def test_equal_arrays_give_equal_bytes(tmp_path):
    for name in ("x", "y"):
        write_arrays(tmp_path / name, ARRAYS)

    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


@pytest.mark.parametrize(("place", "why"), [(2, "no index file"), (8, "version"), (40, "header")])
def test_a_changed_head_is_noticed(tmp_path, place, why):
    write_arrays(tmp_path / "x", ARRAYS)
    content = bytearray((tmp_path / "x").read_bytes())
    content[place] ^= 1
    (tmp_path / "x").write_bytes(content)

    with pytest.raises(Damaged, match=why):
        read_arrays(tmp_path / "x")


def test_a_file_cut_short_or_grown_is_noticed(tmp_path):
    write_arrays(tmp_path / "x", ARRAYS)
    whole = (tmp_path / "x").read_bytes()
    for content in (b"", whole[:10], whole[:-1], whole + b"x"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(Damaged):
            read_arrays(tmp_path / "x")


def test_a_changed_array_is_noticed_when_asked(tmp_path):
    write_arrays(tmp_path / "x", ARRAYS)
    content = bytearray((tmp_path / "x").read_bytes())
    content[-1] ^= 1
    (tmp_path / "x").write_bytes(content)

    read_arrays(tmp_path / "x")
    with pytest.raises(Damaged, match="b was changed"):
        read_arrays(tmp_path / "x", verify=True)


def test_a_writer_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    write_arrays(tmp_path / "x", ARRAYS)
    before = (tmp_path / "x").read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))

    with pytest.raises(OSError, match="full"):
        write_arrays(tmp_path / "x", {"a": np.zeros(99)})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": before}


def row(*terms):
    return Bag(np.array(terms), np.ones(len(terms)))


def test_saving_a_change_leaves_the_large_file_alone(tmp_path):
    index = SparseIndex.build(np.arange(50), np.arange(51), np.zeros(50, int), np.ones(50))
    index.save(tmp_path)
    before = (tmp_path / "layer-1.index").stat()
    again = SparseIndex.open(tmp_path)
    again.replace(7, row(3))
    again.remove(8)
    again.save(tmp_path)
    found = SparseIndex.open(tmp_path)

    after = (tmp_path / "layer-1.index").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert found.top(row(3), 5).keys.tolist() == [7]
    assert (len(found), 7 in found, 8 in found) == (49, True, False)


def test_a_merge_leaves_no_files_behind_and_readers_keep_theirs(tmp_path):
    index = SparseIndex.build(np.arange(50), np.arange(51), np.zeros(50, int), np.ones(50))
    index.save(tmp_path)
    reader = SparseIndex.open(tmp_path)
    index.add(99, row(1))
    index.merge()
    index.save(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["changes.index", "layer-2.index"]
    assert len(reader.top(row(0), 100).keys) == 50
    assert SparseIndex.open(tmp_path).top(row(1), 5).keys.tolist() == [99]


def test_an_index_of_another_kind_is_refused(tmp_path):
    DenseIndex(3).save(tmp_path)

    with pytest.raises(Damaged, match="no SparseIndex"):
        SparseIndex.open(tmp_path)
    with pytest.raises(FileNotFoundError):
        SparseIndex.open(tmp_path / "nowhere")
