"""The plan: what patterns match, and how files become work units."""

from __future__ import annotations

import gzip
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plan import FoundFile, cut_units, find_inputs
from transforms.read import InputFile, ReadOptions


@pytest.fixture
def folder(tmp_path):
    for name in ("a.txt", "b.txt", "c.html", "sub/d.txt", ".hidden.txt", "sub/.git/e.txt", "we[ird].txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("", ["a.txt", "b.txt", "c.html", "sub/d.txt", "we[ird].txt"]),
        ("*.txt", ["a.txt", "b.txt", "we[ird].txt"]),
        ("**/*.txt", ["a.txt", "b.txt", "sub/d.txt", "we[ird].txt"]),
        ("*", ["a.txt", "b.txt", "c.html", "we[ird].txt"]),
        ("we[ird].txt", ["we[ird].txt"]),
        ("sub", ["d.txt"]),
    ],
)
def test_patterns_match_what_a_shell_user_expects(folder, pattern, paths):
    inputs, problems = find_inputs([str(folder / pattern)], "", "")
    assert problems == []
    assert [f.file.path for f in inputs.files] == paths


def test_root_is_the_fixed_part_and_paths_are_relative_to_it(folder):
    inputs, _ = find_inputs([f"{folder}/*.html", f"{folder}/sub/*.txt"], "", "")
    assert inputs.root == str(folder)
    assert [f.file.path for f in inputs.files] == ["c.html", "sub/d.txt"]


def test_a_file_outside_the_root_is_a_problem(folder):
    _, problems = find_inputs([f"{folder}/*.txt"], str(folder / "sub"), "")
    assert "is not below input.root" in problems[0]


def test_each_pattern_that_matches_nothing_is_told(folder):
    _, problems = find_inputs([f"{folder}/*.pdf", f"{folder}/a.txt", f"{folder}/none"], "", "")
    assert [p.split(":")[0] for p in problems] == [f"input {folder}/*.pdf", f"input {folder}/none"]


@given(st.lists(st.integers(0, 3000), max_size=40), st.integers(1, 2000))
def test_units_hold_every_file_once_in_order(sizes, unit_bytes):
    files = [FoundFile(InputFile(f"{i:03d}.txt", f"/nowhere/{i:03d}.txt", s), 0.0) for i, s in enumerate(sizes)]
    units = cut_units(files, ReadOptions(), unit_bytes, "fixed")
    assert [s.file.path for u in units for s in u.slices] == [f.file.path for f in files]
    assert sum(u.size for u in units) == sum(sizes)
    assert len({u.unit_id for u in units}) == len(units)


def test_a_unit_id_changes_with_size_stamp_and_config(tmp_path):
    def unit_id(size=1, stamp=1.0, fixed="x"):
        return cut_units([FoundFile(InputFile("a.txt", "/a.txt", size), stamp)], ReadOptions(), 100, fixed)[0].unit_id

    assert len({unit_id(), unit_id(size=2), unit_id(stamp=2.0), unit_id(fixed="y")}) == 4
    assert unit_id() == unit_id()


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.zip"])
def test_each_slice_of_a_cut_file_is_a_unit_and_their_sizes_are_the_files(tmp_path, name):
    rows = [b'{"text": "Story %d of many."}\n' % n for n in range(900)]
    path = tmp_path / name
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as archive:
            for number, row in enumerate(rows):
                archive.writestr(f"{number}.jsonl", row)
    else:
        pack = gzip.compress if name.endswith(".gz") else bytes
        path.write_bytes(b"".join(pack(b"".join(rows[at : at + 30])) for at in range(0, 900, 30)))
    found = FoundFile(InputFile(name, str(path), path.stat().st_size), 0.0)
    units = cut_units([found], ReadOptions(), 1000, "fixed")
    assert len(units) > 3
    assert all(len(unit.slices) == 1 for unit in units)
    assert sum(unit.size for unit in units) == found.file.size
    assert len({unit.unit_id for unit in units}) == len(units)


def test_a_compressed_file_of_one_member_is_cut_where_few_are_as_large(tmp_path):
    content = gzip.compress(b"".join(b'{"text": "Story %d of many."}\n' % n for n in range(9000)))
    found = []
    for number in range(65):
        path = tmp_path / f"{number:02d}.jsonl.gz"
        path.write_bytes(content)
        found.append(FoundFile(InputFile(path.name, str(path), len(content)), 0.0))
    assert len(cut_units(found[:1], ReadOptions(), len(content) // 3, "fixed")) > 3
    assert len(cut_units(found[:64], ReadOptions(), len(content) // 3, "fixed")) > 3 * 64
    assert len(cut_units(found, ReadOptions(), len(content) // 3, "fixed")) == 65
