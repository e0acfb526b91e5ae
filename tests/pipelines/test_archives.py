"""Archives and unknown files in whole runs: counted to the last member, replaced as a whole."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from tests.conftest import published, rows, story


def pack(path, members):
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))


def members(*numbers):
    return {f"asia/{n}.txt": story(n).encode() for n in numbers}


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_members_are_counted_skipped_and_rejected(run, tmp_path, name):
    extra = {".hidden": b"x", "photo": b"\x89PNG\r\n", "inner.zip": b"PK\5\6" + bytes(18)}
    pack(tmp_path / "in" / name, members(1, 2) | extra)
    (tmp_path / "in" / "scan.pdf").write_bytes(b"%PDF-1.7 and so on")
    summary = run("--input", tmp_path / "in", "--output", tmp_path / "out")
    assert (summary["read"], summary["documents"], summary["skipped"]) == (6, 2, {"skipped/hidden": 1})
    assert {d["input_path"] for d in rows(tmp_path / "out", "documents")} == {
        f"{name}/asia/1.txt",
        f"{name}/asia/2.txt",
    }
    assert {d["source"] for d in rows(tmp_path / "out", "documents")} == {"asia"}
    rejects = {r["input_path"]: (r["reason"], r["detail"]) for r in rows(tmp_path / "out", "rejects")}
    assert rejects["scan.pdf"] == ("unknown-format", "a PDF document, of 18 bytes")
    assert rejects[f"{name}/photo"] == ("unknown-format", "a PNG image")
    assert rejects[f"{name}/inner.zip"][0] == "archive/nested"


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
@pytest.mark.parametrize("buckets", [1, 4])
def test_a_changed_archive_replaces_all_its_members(run, tmp_path, name, buckets):
    arguments = ("--input", tmp_path / "in", "--output", tmp_path / "out", "--set", f"output.buckets={buckets}")
    pack(tmp_path / "in" / name, members(1, 2, 3) | {"bad.txt": b"\0\1\2"})
    (tmp_path / "in" / f"{name}x").write_text(story(8))  # whose path begins as the archive's
    run(*arguments)
    assert len(rows(tmp_path / "out", "rejects")) == 1
    pack(tmp_path / "in" / name, members(2, 3, 4, 5))
    summary = run(*arguments)
    assert summary["replaced"] == 3
    read = {d["input_path"] for d in rows(tmp_path / "out", "documents")}
    assert read == {f"{name}x", *(f"{name}/asia/{n}.txt" for n in (2, 3, 4, 5))}
    assert not rows(tmp_path / "out", "rejects")
    assert run(*arguments)["status"] == "nothing-new"


def test_the_cut_of_an_archive_changes_no_byte(run, tmp_path):
    pack(tmp_path / "in" / "a.zip", members(*range(40)))
    made = []
    for unit_bytes in (300, 10_000, 4_000_000):
        out = tmp_path / f"out{unit_bytes}"
        run("--input", tmp_path / "in", "--output", out, "--set", f"output.unit_bytes={unit_bytes}")
        made.append(published(out))
    assert made[0] == made[1] == made[2]
