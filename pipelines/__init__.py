"""What can be run: the command line, and the pipelines that it builds from a config."""
