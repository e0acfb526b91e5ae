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
	$(BIN)/pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

# The main job on the sample corpus, then what it made.
SAMPLES := tests/data/sample/text tests/data/sample/html tests/data/sample/jsonl tests/data/sample/formats tests/data/broken
SHOW := import duckdb; duckdb.sql("SELECT language, source, title, authors, agencies, word_count AS words FROM '$(OUT)/documents/*/*.parquet' ORDER BY language, source").show(max_rows=24, max_width=160)

demo: install
	@rm -rf $(OUT)
	$(BIN)/newsloom ingest --config configs/news.yaml --input $(SAMPLES) --output $(OUT)
	@echo; echo "The documents, by a line that you can copy:"; echo
	@echo '  $(BIN)/python -c '"'"'$(subst ','"'"'"'"'"'"'"'"',$(SHOW))'"'"; echo
	@$(BIN)/python -c "$$SHOW_PROGRAM"

export SHOW_PROGRAM = $(SHOW)

test: lint
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) out build *.egg-info
