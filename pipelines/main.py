"""The command ``newsloom``: one subcommand for each thing that can be run."""

from __future__ import annotations

import sys

USAGE = """usage: newsloom COMMAND …

  ingest    raw text in, a Parquet dataset out

newsloom COMMAND --help tells the options of a command; newsloom --version tells the version."""


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["ingest"]:
        sys.argv[1:] = arguments[1:]
        from pipelines.ingest import command

        command()
    if arguments[:1] == ["--version"]:
        from importlib.metadata import version

        print(f"newsloom {version('newsloom')}")
    elif arguments[:1] in ([], ["--help"], ["-h"]):
        print(USAGE)
        sys.exit(0 if arguments else 2)
    else:
        print(f"newsloom: {arguments[0]}: no such command; there is: ingest", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
