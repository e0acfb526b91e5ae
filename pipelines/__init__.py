"""What can be run: the command line, and the pipelines that it builds from a config."""

from pipelines.quiet import quiet_imports

with quiet_imports():
    import apache_beam  # noqa: F401 - first here, so that its warning at import is never seen
