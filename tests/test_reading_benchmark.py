"""The benchmark of reading runs for every format; nothing here looks at a speed."""

import json

import pytest

from benchmarks import reading
from benchmarks.corpus import make_stories

TEXTS = [story.text for story in make_stories(12, 300)]


@pytest.mark.parametrize("name", reading.FORMATS)
def test_loop_and_newsloom_read_the_same_documents(name):
    measured = reading.measure(reading.FORMATS[name], TEXTS)
    assert measured["documents"] == 12
    assert measured["ratio"] > 0


def test_report(capsys):
    assert reading.main(["--bytes", "3000", "--characters", "300", "--only", "zip,tar", "--repeat", "1"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["format"] for line in lines] == ["zip", "tar gzip"]
    assert set(lines[0]) >= {"characters", "loop_documents_per_s", "newsloom_mb_per_s", "ratio"}
