# Two commands on a fresh machine with Python 3.11+, pip and make:   make demo   |   make test
# PYTHON=python3.12 picks another interpreter, VENV=/some/where another place for the environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test test-all test-slow check bench clean
help:
	@echo 'make demo      install into $(VENV) and run the main job on the bundled sample'
	@echo 'make test      install what the tests need and run the fast tier'
	@echo 'make test-all  the slow tier too (installs torch, to train in a test)'
	@echo 'make check     ruff and mypy'
	@echo 'make bench     measure again what docs/figures/ holds'
	@echo 'make clean     remove $(VENV) and burnish-demo'

demo: $(VENV)/.installed
	$(BIN)/burnish demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m 'not slow'

test-all: $(VENV)/.installed-train
	$(BIN)/python -m pytest

# A second, slower part of `make test-all`: what `make test` leaves out.
test-slow: $(VENV)/.installed-train
	$(BIN)/python -m pytest -m slow --timeout=1800

# The types of torch are needed to check what uses it.
check: $(VENV)/.installed-train
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Folders: WORK holds corpora and the peers' environments (11 GB), CLIPART and STAMPS the Debian packages' data.
WORK ?= /var/tmp/burnish-bench
CLIPART ?= /usr/share/openclipart
STAMPS ?= /usr/share/tuxpaint/stamps
bench: $(VENV)/.installed-train
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.tar_reader
	$(BIN)/python -m benchmarks.decoding
	$(BIN)/python -m benchmarks.data_path --work $(WORK) --clipart $(CLIPART)
	$(BIN)/python -m benchmarks.memory --work $(WORK)
	$(BIN)/python -m benchmarks.ocr
	$(BIN)/python -m benchmarks.builtin_model --clipart $(CLIPART) --stamps $(STAMPS) --seeds 3

clean:
	rm -rf $(VENV) burnish-demo

# Debian without python3-venv has no ensurepip: its pip can still fill an environment from outside.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "burnish needs Python 3.11 or newer; choose one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV) 2>/dev/null \
	  || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[dev]'
	touch $@ $(VENV)/.installed

# torch first and by itself: a CPU build that is already there is kept.
$(VENV)/.installed-train: $(VENV)/.installed-dev
	$(PIP) install torch==2.13.0
	$(PIP) install --editable '.[dev,train,transformers,ocr]'
	touch $@
