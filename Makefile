# Two commands do all the set-up: `make demo` and `make test`. PYTHON is any Python from 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/demo

.PHONY: demo test lint install clean

install: $(VENV)/installed

$(VENV)/installed: setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "newsloom needs Python 3.11 or newer; say which with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# The main job on the sample corpus, then what it made.
demo: install
	@rm -rf $(OUT)
	$(BIN)/newsloom ingest --config configs/news.yaml --input tests/data/sample --output $(OUT)
	$(BIN)/python -m pipelines.show $(OUT)

test: lint
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) out build *.egg-info
