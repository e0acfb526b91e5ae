"""The composite transform of one document's way, over any collection of records: a batch or a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam import pvalue

from transforms.document import DocumentSteps, Rejected, StepOptions
from transforms.model import Record
from transforms.read import BrokenRecord

REJECTS = "rejects"


class Prepare(beam.DoFn):
    """Rows of documents/ (with their removed spans); rows of rejects/ at the output ``rejects``."""

    def __init__(self, options: StepOptions):
        self._options = options

    def setup(self) -> None:
        self._steps = DocumentSteps(self._options)

    def teardown(self) -> None:
        self._steps.close()

    def process(self, item: Record | BrokenRecord) -> Iterator[Any]:
        outcome = self._steps.prepare(item)
        if isinstance(outcome, Rejected):
            yield pvalue.TaggedOutput(REJECTS, outcome.row())
        else:
            yield outcome.row()


@dataclass
class PrepareDocuments(beam.PTransform):
    """Records to documents, each by itself; windows and timestamps stay as they are.

    Outputs ``documents`` (dicts by column of ``transforms.schema.PREPARED``) and ``rejects`` (dicts by
    column of ``transforms.schema.REJECTS``).
    """

    options: StepOptions

    def expand(self, records: pvalue.PCollection) -> pvalue.DoOutputsTuple:
        return records | "Prepare" >> beam.ParDo(Prepare(self.options)).with_outputs(REJECTS, main="documents")
