"""The data contract, held against files in the repo: a change of it must be seen by a person."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from transforms.schema import DOCUMENTS, REJECTS, REMOVED

CONTRACT = Path(__file__).parents[1] / "contract"


def described(schema: pa.Schema) -> str:
    lines = (f"{f.name}: {f.type}{'' if f.nullable else ' not null'}" for f in schema)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("name", "schema"), [("documents", DOCUMENTS), ("removed", REMOVED), ("rejects", REJECTS)])
def test_schema_is_the_contract(name, schema):
    expected = (CONTRACT / f"{name}.txt").read_text()
    assert described(schema) == expected, (
        "the schema differs from the contract, version 1; if that is meant, raise CONTRACT_VERSION and make the file "
        "anew: python -m tests.transforms.test_schema"
    )


def test_every_column_says_what_it_means():
    for schema in (DOCUMENTS, REMOVED, REJECTS):
        assert all(field.metadata[b"meaning"] for field in schema)


def test_lists_are_never_null():
    assert not any(f.nullable for f in DOCUMENTS if pa.types.is_list(f.type))


if __name__ == "__main__":
    for name, schema in (("documents", DOCUMENTS), ("removed", REMOVED), ("rejects", REJECTS)):
        (CONTRACT / f"{name}.txt").write_text(described(schema))
