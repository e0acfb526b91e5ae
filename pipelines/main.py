"""The command ``newsloom``: one subcommand for each thing that can be run."""

from __future__ import annotations

import sys
from importlib import import_module

# The module of each command, whose function ``command()`` reads sys.argv and never returns; and what it does.
COMMANDS = {
    "ingest": ("pipelines.ingest", "raw text in, a Parquet dataset out"),
    "inspect": ("pipelines.inspect", "what cleaning takes out of a document, why, and what is found in it"),
    "learn": ("pipelines.learn", "lines that a source repeats, as a profile that ingest uses"),
}


def usage() -> str:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {meaning}" for name, (_, meaning) in COMMANDS.items())
    return (
        f"usage: newsloom COMMAND …\n\n{listed}\n\n"
        "newsloom COMMAND --help tells the options of a command; newsloom --version tells the version."
    )


def main() -> None:
    name, *arguments = sys.argv[1:] or [""]
    if name in COMMANDS:
        sys.argv[1:] = arguments
        import_module(COMMANDS[name][0]).command()
    elif name == "--version":
        from importlib.metadata import version

        print(f"newsloom {version('newsloom')}")
    elif name in ("", "--help", "-h"):
        print(usage())
        sys.exit(0 if name else 2)
    else:
        print(f"newsloom: {name}: no such command; there are: {', '.join(COMMANDS)}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
