"""The same steps on other engines: a stream, and the portable form that a Flink cluster runs."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing import test_pipeline, test_stream
from apache_beam.testing.util import assert_that, equal_to

from pipelines import engine, ingest
from pipelines.config import Config
from tests.conftest import rows, story
from transforms.datafiles import DataFile
from transforms.document import StepOptions
from transforms.model import Place, Record
from transforms.prepare import REJECTS, PrepareDocuments
from transforms.publish import PublishOptions


def test_a_stream_gives_the_rows_that_a_batch_gives(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    texts = {"a.txt": f"CMSC 0.0578\n{story(1)}", "b.txt": story(2), "empty.txt": "  "}
    for name, text in texts.items():
        (folder / name).write_text(text)
    run("--input", folder, "--output", tmp_path / "out")
    columns = ["doc_id", "content_id", "text", "source", "language", "word_count", "quality"]
    expected = [tuple(map(str, d.values())) for d in rows(tmp_path / "out", "documents", columns)]

    stream = test_stream.TestStream()
    for number, (name, text) in enumerate(sorted(texts.items())):
        record = Record(Place(name), text.encode(), "text", text)
        stream = stream.add_elements([record]).advance_watermark_to(10 * number)
    with test_pipeline.TestPipeline(options=PipelineOptions(streaming=True)) as pipeline:
        prepared = pipeline | stream.advance_watermark_to_infinity() | PrepareDocuments(StepOptions())
        found = prepared.documents | "Columns" >> beam.Map(lambda row: tuple(str(row[name]) for name in columns))
        reasons = prepared[REJECTS] | "Reasons" >> beam.Map(lambda row: row["reason"])
        assert_that(found, equal_to(expected), label="documents")
        assert_that(reasons, equal_to(["empty"]), label="rejects")


def test_the_whole_job_has_a_portable_form_for_flink(tmp_path):
    """Nothing in the graph depends on one process: every function in it can be shipped."""
    options = PipelineOptions(["--runner=FlinkRunner", "--environment_type=LOOPBACK"])
    pipeline = beam.Pipeline(options=options)
    files = [DataFile("documents/lang=en/00-0.parquet", 0, 1, 1, "0")]
    ingest.build_pipeline(
        pipeline, Config().read_options(), Config().step_options("x"), [], PublishOptions("work", "merged"), files
    )
    proto = pipeline.to_runner_api()
    names = {t.unique_name for t in proto.components.transforms.values()}
    assert {"StageUnits/StageUnit", "PublishBuckets/ExactDuplicates", "PublishBuckets/PublishBucket"} <= names
    assert beam.Pipeline.from_runner_api(proto, pipeline.runner, options).to_runner_api().components.transforms


def test_the_direct_runner_is_always_the_same_engine():
    """DirectRunner is a switch in Beam: with network access it would download and run another engine."""
    for arguments in ([], ["--runner=DirectRunner"], ["--runner=directrunner"]):
        options, problems = engine.parse_beam_options(arguments)
        assert problems == [] and engine.is_local(options)
        with engine.open_pipeline(options, 1, False) as pipeline:
            assert type(pipeline.runner).__name__ == "FnApiRunner"
