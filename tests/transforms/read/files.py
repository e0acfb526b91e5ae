"""Reading a file that is given as bytes, as a run reads it."""

from __future__ import annotations

import io

from transforms.read import InputFile, ReadOptions, cut_file, read_slice


def read_file(data: bytes, name: str, slice_bytes: int = 1 << 40, seekable: bool = True, **options) -> list:
    """All that comes out of a file, slice by slice."""
    file, chosen = InputFile(name, f"/data/{name}", len(data)), ReadOptions(**options)

    def open_file(url):
        assert url == file.url
        return io.BytesIO(data) if seekable else _Sequential(data)

    slices = cut_file(file, chosen, open_file, slice_bytes)
    return [item for part in slices for item in read_slice(part, chosen, open_file)]


class _Sequential(io.BytesIO):
    """As a filesystem that cannot seek gives a file."""

    def seekable(self) -> bool:
        return False

    def seek(self, *place):
        raise io.UnsupportedOperation("seek")


def outcome(item) -> tuple:
    """What an item says, without where it stands."""
    if hasattr(item, "reason"):
        return item.reason, item.source_id
    return item.kind, item.content, item.source_id, item.fields
