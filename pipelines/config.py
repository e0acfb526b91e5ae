"""The config of a job: one YAML file, ``--set key=value`` over it, and a default for everything.

Each section is a dataclass; those of the steps stand with the steps.  ``docs/options.md`` is made from
them (``python -m pipelines.config > docs/options.md``), and a test keeps the two in step.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from transforms.clean import CleanOptions
from transforms.datafiles import FileLimits
from transforms.document import StepOptions
from transforms.extract import ExtractOptions
from transforms.identity import fingerprint
from transforms.language import LanguageOptions
from transforms.options import option
from transforms.profile import problem_of
from transforms.quality import QualityOptions
from transforms.read import ReadOptions
from transforms.reasons import REASONS

MiB = 1024 * 1024


class ConfigError(Exception):
    """What is wrong with a config or a command line: all of it, one line each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class InputOptions(ReadOptions):
    """What is read, and as what."""

    paths: tuple[str, ...] = option(
        (), "files, globs, folders, @FILE (a list of them) or - (standard input); --input replaces them"
    )
    root: str = option("", "folder that input_path is relative to; empty: the fixed part of the patterns")
    namespace: str = option("", "part of every doc_id: keeps apart datasets whose paths or ids are the same")
    source: str = option("", "source of documents without a URL; empty: the name of their folder under the root")
    reprocess: bool = option(False, "read every matching file again, also those that have not changed")


@dataclass(frozen=True)
class DeduplicateOptions:
    """What happens to documents that say the same."""

    exact: Literal["drop", "keep"] = option(
        "drop", "documents with the same title and text: keep only the first, or all"
    )


@dataclass(frozen=True)
class OutputOptions:
    """How the dataset is written."""

    buckets: int = option(4, "parts that doc_ids are cut into, for merging side by side; fixed by the first run")
    row_group_bytes: int = option(64 * MiB, "bytes of a Parquet row group, before encoding")
    file_bytes: int = option(512 * MiB, "bytes of a Parquet file, before encoding; the next file follows")
    compact_files: int = option(
        8, "a bucket and language that more runs than this added files to is merged into one; 1: always"
    )
    keep_snapshots: int = option(3, "snapshots that stay, the current one included")
    store: Literal["auto", "local", "object"] = option(
        "auto", "commit by swapping a link (local disk), or by writing a manifest (object store)"
    )
    unit_bytes: int = option(4 * MiB, "input bytes of a work unit: about what is repeated after a crash")

    def __post_init__(self) -> None:
        if not 1 <= self.buckets <= 256:
            raise ValueError(f"buckets is {self.buckets}; allowed: 1 to 256")
        for name in ("row_group_bytes", "file_bytes", "unit_bytes", "keep_snapshots"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 1 or more")
        if self.compact_files < 1:
            raise ValueError(f"compact_files is {self.compact_files}; allowed: 1 or more")


@dataclass(frozen=True)
class ExpectOptions:
    """Expectations: where a run breaks one, nothing is published, and the exit status is 4."""

    min_documents: int = option(0, "fewest documents that the dataset must hold after the run")
    max_rejected: float = option(1.0, "largest share of the run's records that may be rejected, duplicates aside")

    def __post_init__(self) -> None:
        if not 0 <= self.max_rejected <= 1:
            raise ValueError(f"max_rejected is {self.max_rejected}; allowed: a share from 0 to 1")


@dataclass(frozen=True)
class Config:
    """Everything that a job can be told."""

    input: InputOptions = field(default_factory=InputOptions)
    extract: ExtractOptions = field(default_factory=ExtractOptions)
    clean: CleanOptions = field(default_factory=CleanOptions)
    language: LanguageOptions = field(default_factory=LanguageOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)
    deduplicate: DeduplicateOptions = field(default_factory=DeduplicateOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    limits: dict[str, float] = option(  # noqa: RUF009 - option() is a field
        dict,
        "Alarms: a reason, a stage or `rejected` (all but duplicates), and the share of the run's records that it may "
        "have; over it the exit status is 3. `language` is 0.5 unless set, so that a wrong list drops nothing unseen.",
    )
    expect: ExpectOptions = field(default_factory=ExpectOptions)

    def __post_init__(self) -> None:
        known = {"rejected", *REASONS, *(reason.stage for reason in REASONS.values())}
        for name, share in self.limits.items():
            if name not in known:
                raise ValueError(f"limits.{name}: no such reason or stage{_nearest(name, known)}")
            if not 0 <= share <= 1:
                raise ValueError(f"limits.{name} is {share}; allowed: a share from 0 to 1")

    def read_options(self) -> ReadOptions:
        """The input section without what says where the input is."""
        return ReadOptions(**{f.name: getattr(self.input, f.name) for f in dataclasses.fields(ReadOptions)})

    def step_options(self, pipeline: str) -> StepOptions:
        """What one document's way needs; ``pipeline`` goes into the rows."""
        return StepOptions(
            namespace=self.input.namespace,
            source=self.input.source,
            pipeline=pipeline,
            reject_raw_bytes=self.input.reject_raw_bytes,
            extract=self.extract,
            clean=self.clean,
            language=self.language,
            quality=self.quality,
        )

    def file_limits(self) -> FileLimits:
        return FileLimits(self.output.row_group_bytes, self.output.file_bytes)

    def rows_fingerprint(self) -> str:
        """16 hex digits over every option that can change a row."""
        steps = self.step_options("")
        # A profile counts by its content, which the run knows, not by its name.
        steps = dataclasses.replace(steps, clean=dataclasses.replace(steps.clean, profile="", learn=False))
        return fingerprint(dataclasses.asdict(self.read_options()), dataclasses.asdict(steps))


_SCHEMA = TypeAdapter(Config)


def load_config(path: str | None, settings: list[str], overrides: dict[str, dict[str, Any]] | None = None) -> Config:
    """The config out of a file, ``key=value`` settings over it, and ``overrides`` by section over both.

    Args:
        path: a YAML file, or the name of one that comes with newsloom (``news`` or ``configs/news.yaml``).
        settings: as on the command line, ``clean.rules=false``; values are YAML.
        overrides: what other parts of the command line say.

    Raises:
        ConfigError: with every problem that there is.
    """
    problems: list[str] = []
    values = _read_yaml(path, problems) if path else {}
    values = {key: {} if value is None else value for key, value in values.items()}
    for setting in settings:
        _apply(values, setting, problems)
    for section, entries in (overrides or {}).items():
        values.setdefault(section, {})
        if isinstance(values[section], dict):
            values[section].update(entries)
    problems += _unknown_keys(values, Config, "")
    if problems:
        # What is known is checked all the same, so that everything is told at once.
        values = _without_unknown(values, Config)
    try:
        config = _SCHEMA.validate_python(values)
    except ValidationError as error:
        problems += [_explain(e) for e in error.errors()]
    else:
        if config.clean.profile and (problem := problem_of(config.clean.profile)):
            problems.append(f"clean.profile: {problem}")
    if problems:
        raise ConfigError([f"{path or 'config'}: {problem}" for problem in problems])
    return config


def _read_yaml(path: str, problems: list[str]) -> dict[str, Any]:
    try:
        text = _config_text(path)
    except OSError as error:
        shipped = ", ".join(shipped_configs())
        problems.append(f"cannot be read: {error.strerror or error}; configs that come with newsloom: {shipped}")
        return {}
    except UnicodeDecodeError as error:
        problems.append(f"is not UTF-8 at byte {error.start}")
        return {}
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problems.append(f"is not YAML{where}: {getattr(error, 'problem', error)}")
        return {}
    if values is None:
        return {}
    if not isinstance(values, dict):
        problems.append(f"holds a {type(values).__name__}; a config is a mapping of sections")
        return {}
    return values


def _config_text(path: str) -> str:
    if Path(path).is_file():
        return Path(path).read_text(encoding="utf-8")
    shipped = resources.files("configs") / f"{Path(path).stem}.yaml"
    if Path(path).name in (Path(path).stem, f"{Path(path).stem}.yaml") and shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return Path(path).read_text(encoding="utf-8")


def shipped_configs() -> list[str]:
    """Names of the configs that come with newsloom."""
    names = (file.name for file in resources.files("configs").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def _apply(values: dict[str, Any], setting: str, problems: list[str]) -> None:
    key, sign, value = setting.partition("=")
    if not sign or not key:
        problems.append(f"--set {setting}: expected key=value, as in --set output.buckets=8")
        return
    *sections, name = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            problems.append(f"--set {setting}: {section} is not a section")
            return
    try:
        values[name] = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):
        problems.append(f"--set {setting}: the value is not YAML; put it in quotes")


def _sections(schema: type) -> dict[str, type | None]:
    """Keys of a section, with the dataclass of those that are sections themselves."""
    factories = {f.name: f.default_factory for f in dataclasses.fields(schema)}
    return {name: f if dataclasses.is_dataclass(f) else None for name, f in factories.items()}


def _unknown_keys(values: dict[str, Any], schema: type, prefix: str) -> list[str]:
    problems, sections = [], _sections(schema)
    for key, value in values.items():
        if key not in sections:
            problems.append(f"{prefix}{key}: no such option{_nearest(str(key), sections)}")
        elif (section := sections[key]) is not None and isinstance(value, dict):
            problems += _unknown_keys(value, section, f"{prefix}{key}.")
    return problems


def _without_unknown(values: dict[str, Any], schema: type) -> dict[str, Any]:
    sections = _sections(schema)
    known = {}
    for key, value in values.items():
        if key in sections:
            section = sections[key]
            known[key] = _without_unknown(value, section) if section and isinstance(value, dict) else value
    return known


def _nearest(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(sorted(known))}"


def _explain(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        section = str(error["loc"][0]) if error["loc"] else ""
        return message if not section or message.startswith(section + ".") else f"{place}.{message}"
    if error["type"] == "string_type" and isinstance(error["input"], bool):
        written = "no, off or n" if error["input"] is False else "yes, on or y"
        return f"{place}: YAML reads an unquoted {written} as {str(error['input']).lower()}; write it in quotes: 'no'"
    return f"{place} is {error['input']!r}: {message[0].lower()}{message[1:]}"


DEFAULT_LIMITS = {"language": 0.5}


def options_reference() -> str:
    """docs/options.md: every option with its default and meaning."""
    lines = [
        "# Options",
        "",
        "Made by `python -m pipelines.config > docs/options.md`; a test keeps it in step with the code.",
        "A config is a YAML file of these sections; `--set section.option=value` on the command line goes over it.",
    ]
    for section in dataclasses.fields(Config):
        factory = section.default_factory
        if dataclasses.is_dataclass(factory):
            meaning = (factory.__doc__ or "").strip().splitlines()[0]
            lines += ["", f"## {section.name}", "", meaning, "", "| option | default | meaning |", "|---|---|---|"]
            defaults = factory()
            lines += [
                f"| `{section.name}.{f.name}` | {_default(getattr(defaults, f.name))} | {f.metadata.get('help', '')} |"
                for f in dataclasses.fields(factory)
            ]
        else:
            lines += ["", f"## {section.name}", "", section.metadata["help"]]
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, dict):
        return "`" + yaml.safe_dump(_plain(value), default_flow_style=True, sort_keys=False, width=1000).strip() + "`"
    if value == "":
        return "(empty)"
    return f"`{yaml.safe_dump(_plain(value), default_flow_style=True).strip().removesuffix('...').strip()}`"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


if __name__ == "__main__":
    print(options_reference(), end="")
