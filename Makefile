# Two commands on a fresh machine with Python 3.11+, pip and make:   make demo   |   make test
# PYTHON=python3.12 picks another interpreter, VENV=/some/where another place for the environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test test-all test-slow test-full mutation lock check bench docs clean
help:
	@echo 'make demo      install into $(VENV) and run the main job on the bundled sample'
	@echo 'make test      install what the tests need and run the fast tier'
	@echo 'make test-all  the slow tier too (installs torch, to train in a test)'
	@echo 'make test-full every figure of docs/hazards.md at its full size, an hour on two cores'
	@echo 'make mutation  how many changes to journal, commit, ledger and guards the tests notice'
	@echo 'make lock      requirements.lock and sbom.json: every package with its hashes'
	@echo 'make check     ruff and mypy'
	@echo 'make bench     measure again what docs/figures/ holds'
	@echo 'make docs      the site from docs/ into site/, with links checked'
	@echo 'make clean     remove $(VENV), burnish-demo and site'

demo: $(VENV)/.installed
	$(BIN)/burnish demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m 'not slow and not full' -n logical --dist worksteal

test-all: $(VENV)/.installed-train
	$(BIN)/python -m pytest -m 'not full'

# What `make test` leaves out: the slow tier, and what needs extras that it does not install.
test-slow: $(VENV)/.installed-train
	$(BIN)/python -m pytest -m '(slow or extras) and not full' --timeout=1800 -n logical --dist loadgroup

# Outcomes go to docs/figures/full_tier.json, and from there into the table of docs/hazards.md.
# FULL_TIER_PYTHON=/path/to/python3.12 names a second Python with burnish in it; strace and faketime are Debian's.
FULL_TIER_FIGURES ?= docs/figures/full_tier.json
test-full: $(VENV)/.installed-train
	FULL_TIER_FIGURES=$(FULL_TIER_FIGURES) $(BIN)/python -m pytest -m full -n 2 --dist worksteal --timeout=3600
	$(BIN)/python -m tools.hazards

mutation: $(VENV)/.installed-dev
	$(PIP) install mutmut==3.8.1
	$(BIN)/python -m tools.mutation

# For those who deploy: pip install --require-hashes -r requirements.lock && pip install --no-deps burnish
lock: $(VENV)/.installed
	$(PIP) install uv==0.13.8 cyclonedx-bom==7.5.0
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml -o requirements.lock
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible -o sbom.json requirements.lock

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

# What programs write of it is brought up to date by: python -m tools.site --pages
docs: $(VENV)/.installed
	$(PIP) install --editable '.[docs]'
	$(BIN)/python -m tools.site

clean:
	rm -rf $(VENV) burnish-demo site

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
	$(PIP) install --editable '.[dev,train,transformers,finetune,ocr,ray,docs]' 'ray[default]>=2.60'  # its dashboard takes jobs
	touch $@
