"""Configs: the files that come along, the reference, and what YAML makes of them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import yaml

from pipelines.config import Config, ConfigError, load_config, options_reference
from tests.conftest import REPOSITORY

SHIPPED = sorted((REPOSITORY / "configs").glob("*.yaml"))


def test_the_reference_is_in_step_with_the_code():
    assert (REPOSITORY / "docs" / "options.md").read_text() == options_reference(), (
        "make it anew: python -m pipelines.config > docs/options.md"
    )


def test_every_option_says_what_it_does():
    for section in dataclasses.fields(Config):
        if dataclasses.is_dataclass(section.default_factory):
            for option in dataclasses.fields(section.default_factory):
                assert option.metadata.get("help"), f"{section.name}.{option.name}"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_configs_load_by_path_and_by_name_and_are_commented(path: Path):
    assert load_config(str(path), []) == load_config(path.stem, [])
    assert path.read_text().startswith("# ")


def test_settings_go_over_the_file_and_the_command_line_over_both(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("output: {buckets: 2}\ninput: {paths: [a], source: there}\n")
    config = load_config(str(file), ["output.buckets=8", "input.source=here"], {"input": {"paths": ["b"]}})
    assert (config.output.buckets, config.input.source, config.input.paths) == (8, "here", ("b",))


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n"])
def test_an_empty_config_is_the_defaults(tmp_path, text):
    (tmp_path / "c.yaml").write_text(text)
    assert load_config(str(tmp_path / "c.yaml"), []) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "holds a list; a config is a mapping"),
        ("a: [\n", "is not YAML in line 2"),
        ("output: 5\n", "output is 5"),
        ("output: {buckets: 2.5}\n", "output.buckets is 2.5"),
        ("language: {keep: [no]}\n", "unquoted no"),
        ("limits: {rejected: 2}\n", "limits.rejected is 2.0; allowed: a share from 0 to 1"),
        ("deduplicate: {exact: mark}\n", "'drop' or 'keep'"),
    ],
)
def test_a_wrong_config_says_what_and_what_is_allowed(tmp_path, text, message):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_config(str(tmp_path / "c.yaml"), [])


def test_what_changes_no_row_does_not_change_the_fingerprint():
    base = Config().rows_fingerprint()
    same = [["output.buckets=8"], ["input.paths=[a]"], ["deduplicate.exact=keep"], ["limits.rejected=0.5"]]
    other = [["input.namespace=x"], ["input.charset=latin-1"], ["extract.timeout_s=3"], ["language.keep=[de]"]]
    assert {load_config(None, s).rows_fingerprint() for s in same} == {base}
    assert base not in {load_config(None, s).rows_fingerprint() for s in other}


def test_yaml_of_the_defaults_loads_as_the_defaults(tmp_path):
    def plain(value):
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    (tmp_path / "c.yaml").write_text(yaml.safe_dump(plain(dataclasses.asdict(Config()))))
    assert load_config(str(tmp_path / "c.yaml"), []) == Config()
