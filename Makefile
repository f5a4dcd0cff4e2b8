# Two commands for a bare machine with Python 3.11 and make:
#   make run    sets everything up and runs the main job on the embedded sample
#   make test   sets everything up (browser and OCR included where root on Debian) and passes the tests

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKSPACE ?= workspace
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check bench model sample clean

run: .make/install
	$(BIN)/tillsyn run --workspace $(WORKSPACE)

test: .make/install-test .make/system
	$(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile

check: .make/install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .make/install-test .make/system
	for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

# What is made from other files of the repository, and committed with them.
model: .make/install-test
	$(BIN)/tillsyn train

sample: .make/install-test
	$(BIN)/python corpus/sample/build.py

.make/venv:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tillsyn needs Python 3.11 or later." >&2; exit 1; }
	@mkdir -p .make
	@"$(PYTHON)" -m venv .venv || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv && "$(PYTHON)" -m venv --clear .venv; \
	  else echo "python -m venv does not work here; install your system's venv package." >&2; exit 1; fi; }
	@touch $@

.make/install: .make/venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.make/install-test: .make/venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch .make/install $@

# Browser and OCR: installed where that needs no question; elsewhere the tests that need them are skipped by name.
.make/system: .make/venv
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	{ command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx swe; } || missing="$$missing tesseract-ocr tesseract-ocr-swe"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	elif [ -n "$$missing" ]; then echo "Not installed:$$missing; the tests that need them are skipped by name." >&2; fi
	@touch $@

clean:
	rm -rf .venv .make build dist workspace .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
