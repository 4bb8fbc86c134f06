# make demo and make test work on a fresh machine with Python 3.11 and make; both set up .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE := $(VENV)/.site
OLDEST := .venv-oldest
GOLDEN ?=

.PHONY: demo test slow lint types check check-oldest golden bench site clean

demo: $(READY)
	$(BIN)/unbraid demo

test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist worksteal

# Slow golden values are checked by `make golden`: exact DCI alone takes minutes.
slow: $(SITE)
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist worksteal -m "slow and not gpu and not data" --ignore tests/golden tests

lint: $(READY)
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/ruff check src tests benchmarks docs

types: $(READY)
	$(BIN)/mypy
	$(BIN)/mypy --strict src/unbraid/core src/unbraid/metrics src/unbraid/stress

check: lint types test slow

# The oldest versions that pyproject.toml promises, in an environment of their own.
check-oldest:
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check -c constraints-oldest.txt -e '.[train,dev]'
	OMP_NUM_THREADS=1 $(OLDEST)/bin/pytest -q -n 2 --dist worksteal

golden: $(READY)
	$(BIN)/python -m tests.golden $(GOLDEN)

bench: $(READY)
	$(BIN)/python -m benchmarks

site: $(SITE)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

$(SITE): $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $(SITE)

clean:
	rm -rf $(VENV) $(OLDEST) site build dist .pytest_cache .mypy_cache .ruff_cache

# torch first and by pip: any other spelling pulls gigabytes of CUDA.
$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "unbraid needs Python 3.11 or newer; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[train,real,explore,notebook,onnx,dev]'
	touch $(READY)
