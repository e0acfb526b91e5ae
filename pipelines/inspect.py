"""``newsloom inspect``: what the steps take out of a document, why, and what they find in it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines import commands, plan
from pipelines.config import Config, ConfigError
from pipelines.explain import Explanation, as_json, counted, explain
from pipelines.explain_page import page
from pipelines.explain_terminal import print_rows, render
from transforms import storage
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, SkippedPart, cut_file, read_slice

# How far a file is read on, behind the record that is shown, to count those that follow.
_COUNT_RECORDS = 1000
_COUNT_BYTES = 8 * 1024 * 1024
# Large files are cut into slices, so that those before a record are passed over without being understood.
_SLICE_BYTES = 16 * 1024 * 1024

_Part = Record | BrokenRecord | SkippedPart


class NotFound(Exception):
    """A file has no such record."""


@dataclass(frozen=True)
class Named:
    """A file to look into, or a member of one that is an archive.

    Attributes:
        name: to show.
        file: the file.
        member: path within the archive; empty: any.
    """

    name: str
    file: InputFile
    member: str = ""


@dataclass(frozen=True)
class Chosen:
    """A record of a file.

    Attributes:
        name: of the file, or of the member of an archive that the record is in.
        item: the record.
        records: how many records were found there; in an archive of which no member is named, in all of it.
        all_counted: whether there are no more than these.
    """

    name: str
    item: Record | BrokenRecord
    records: int = 1
    all_counted: bool = True

    @property
    def title(self) -> str:
        number = self.item.place.record
        title = self.name if number is None else f"{self.name}, record {number}"
        if self.all_counted and self.records == 1:
            return title
        how = "name another as here" if number is None else "--record N shows another"
        return f"{title} (one of {'' if self.all_counted else 'more than '}{self.records:,}; {how})"


def arguments_parser() -> argparse.ArgumentParser:
    parser = commands.options_parser(
        "inspect",
        "Shows what cleaning takes out of a document, why, and the fields, language and quality found. "
        "Lines are numbered as in removed/, records as in the column input_record.",
        "Exit status: 0 done, also where the document would be rejected; 1 failed; 2 usage or config, no such "
        "file or record; 130, 143 stopped.",
        files=False,
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="what ingest reads; globs; - is standard input")
    parser.add_argument("--record", metavar="N", type=int, help="which record of a file of several; else the first")
    parser.add_argument("--html", metavar="OUT", help="write the same as one HTML page")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for each document")
    return parser


def _run(arguments: list[str]) -> int:
    given = arguments_parser().parse_args(arguments)
    config = _check(given)
    with contextlib.ExitStack() as held:
        files, problems = _find_files(given.files, config.input.root, held)
        if problems:
            raise ConfigError(problems)
        failed = False
        printed = 0
        shown: list[tuple[str, Explanation]] = []
        for named in files:
            try:
                chosen = choose_record(named, config.read_options(), given.record)
            except NotFound as error:
                commands.complain(str(error))
                failed = True
                continue
            explanation = explain(chosen.item, config.step_options(""), chosen.name)
            if given.html:
                shown.append((chosen.title, explanation))
            elif given.json:
                print(json.dumps(as_json(explanation), ensure_ascii=False))
            else:
                print("\n" * (printed > 0), end="")
                print_rows(partial(render, explanation, chosen.title))
                printed += 1
    if given.html and shown:
        with storage.writing(os.path.abspath(given.html)) as out:
            out.write(page(shown).encode(errors="backslashreplace"))
        print(f"{given.html}: {counted(len(shown), 'document')}")
    return commands.USAGE if failed else commands.DONE


def _check(given: argparse.Namespace) -> Config:
    """The config, when nothing is wrong with it or with what else was given."""
    problems = []
    if given.record is not None and given.record < 0:
        problems.append(f"--record {given.record}: allowed are whole numbers from 0 on")
    if given.html and given.json:
        problems.append("--html and --json exclude each other")
    if given.html:
        out = Path(given.html).absolute()
        if out.is_dir():
            problems.append(f"--html {given.html}: is a folder")
        elif not out.parent.is_dir():
            problems.append(f"--html {given.html}: there is no folder {out.parent}")
    config, wrong = commands.config_of(given)
    problems += wrong
    if problems or config is None:
        raise ConfigError(problems)
    return config


def _find_files(names: Sequence[str], root: str, held: contextlib.ExitStack) -> tuple[list[Named], list[str]]:
    """All that is named, and what is wrong with the names."""
    files: list[Named] = []
    problems: list[str] = []
    for name in names:
        if name == "-":
            files.append(Named("standard input", _standard_input(held)))
        elif storage.is_local(name) and os.path.isdir(name):
            problems.append(f"{name}: is a folder; name its files, as in '{name.rstrip('/')}/*'")
        else:
            archive = _archive_of(name)
            inputs, wrong = plan.find_inputs([archive or name], root, "")
            problems += [problem.removeprefix("input ") for problem in wrong]
            member = name[len(archive) + 1 :] if archive else ""
            files += [Named(_shown(found.file.url), found.file, member) for found in inputs.files]
    return files, problems


def _archive_of(name: str) -> str:
    """The file that stands where a folder should, in the path of something that does not exist; else empty."""
    above = name
    while storage.is_local(name) and above and not os.path.lexists(above):
        above = above.rpartition("/")[0]
    return above if above != name and os.path.isfile(above) else ""


def _shown(url: str) -> str:
    here = os.getcwd().rstrip("/") + "/"
    return url.removeprefix(here)


def _standard_input(held: contextlib.ExitStack) -> InputFile:
    """What comes in, kept in a file for readers that look at its beginning first."""
    if sys.stdin.isatty():
        print("newsloom: reading standard input; Ctrl-D ends it", file=sys.stderr)
    kept = held.enter_context(tempfile.NamedTemporaryFile(prefix="newsloom-"))  # noqa: SIM115 - held closes it
    shutil.copyfileobj(sys.stdin.buffer, kept)
    kept.flush()
    return InputFile(path="-", url=kept.name, size=kept.tell())


def choose_record(named: Named, options: ReadOptions, number: int | None) -> Chosen:
    """A record of a file: the first, or the one that ``number`` says, counted as in ``Place.record``.

    Raises:
        NotFound: there is no such record, or it is a part of a container that is no document.
    """
    file, name = named.file, named.name
    items = _records(file, options, number or 0)
    if named.member:
        name = f"{name}/{named.member}"
        items = (item for item in items if item.place.path == f"{file.path}/{named.member}")
    last = None
    for item in items:
        last = item.place
        at = last.record or 0
        if isinstance(item, SkippedPart):
            if at == number:
                raise NotFound(f"{name}: record {number} is no document: {item.reason}")
        elif number is None or at == number:
            if not named.member:
                name += item.place.path.removeprefix(file.path)
            return _counted(name, item, items)
        if number is not None and at > number:
            break
    raise NotFound(f"{name}: {_why_none(number, last)}")


def _records(file: InputFile, options: ReadOptions, number: int) -> Iterator[_Part]:
    """The records of a file, from a slice on that begins at or before ``number``."""
    slice_bytes = _SLICE_BYTES if number else max(file.size, 1)
    slices = cut_file(file, options, storage.open_raw, slice_bytes)
    while len(slices) > 1 and 0 < slices[1].first_record <= number:
        slices = slices[1:]
    for part in slices:
        yield from read_slice(part, options, storage.open_raw)


def _counted(name: str, item: Record | BrokenRecord, following: Iterator[_Part]) -> Chosen:
    """The record with the number of all that the file has, as far as they are counted."""
    place, size = item.place, 0
    records = (place.record or 0) + 1
    for passed, other in enumerate(following, 1):
        size += 0 if isinstance(other, SkippedPart) else len(other.raw)
        if passed > _COUNT_RECORDS or size > _COUNT_BYTES:
            return Chosen(name, item, records, all_counted=False)
        if place.record is not None and other.place.record is not None and other.place.path == place.path:
            records = other.place.record + 1
        elif not isinstance(other, SkippedPart):
            records += 1
    return Chosen(name, item, records)


def _why_none(number: int | None, last: Place | None) -> str:
    if last is None:
        return "no record in it"
    if number is None:
        return "no document in it, only parts that are skipped"
    if last.record is None:
        return f"no record {number}; the file is one document"
    if last.record > number:
        return f"no record {number}; it is blank, the next is {last.record}"
    return f"no record {number}; the last is {last.record}"


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    return commands.attempt(
        arguments,
        work=lambda: _run(arguments),
        show=lambda status: status,
        failed="inspecting failed",
        stopped="nothing was written",
    )


def command() -> None:
    """The entry point of ``newsloom inspect`` and ``python -m pipelines.inspect``."""
    commands.run_as_process(main)


if __name__ == "__main__":
    command()
