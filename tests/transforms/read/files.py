"""Reading a file that is given as bytes, as a run reads it."""

from __future__ import annotations

import io

from transforms.read import InputFile, ReadOptions, cut_file, read_slice


def read_file(
    data: bytes, name: str, slice_bytes: int = 1 << 40, seekable: bool = True, at_once: int = 0, **options
) -> list:
    """All that comes out of a file, slice by slice.

    ``at_once`` is how many bytes a read gives at most, as of a pipe or a network; 0: as many as are asked for.
    """
    file, chosen = InputFile(name, f"/data/{name}", len(data)), ReadOptions(**options)

    def open_file(url):
        assert url == file.url
        if at_once:
            return _Piecewise(data, at_once)
        return io.BytesIO(data) if seekable else _Sequential(data)

    slices = cut_file(file, chosen, open_file, slice_bytes)
    return [item for part in slices for item in read_slice(part, chosen, open_file)]


class _Sequential(io.BytesIO):
    """As a filesystem that cannot seek gives a file."""

    def seekable(self) -> bool:
        return False

    def seek(self, *place):
        raise io.UnsupportedOperation("seek")


class _Piecewise(io.BytesIO):
    def __init__(self, data: bytes, at_once: int):
        super().__init__(data)
        self._at_once = at_once

    def read(self, size=-1):
        return super().read(self._at_once if size is None or size < 0 else min(size, self._at_once))


def outcome(item) -> tuple:
    """What an item says, without where it stands."""
    if hasattr(item, "reason"):
        return item.reason, item.source_id
    return item.kind, item.content, item.source_id, item.fields
