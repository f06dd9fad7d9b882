# Needs Python 3.11 or newer and make; everything else is installed into .venv, pinned by constraints.txt.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: verify test lint bench clean

verify: .venv/installed
	$(BIN)/lawful verify --report reports/latest

test: .venv/installed
	$(BIN)/python -m pytest properties/
	$(BIN)/python -m pytest tests/ --numprocesses logical

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/verification.py

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"lawful needs Python 3.11 or newer; $(PYTHON) is {v[0]}.{v[1]} (make PYTHON=python3.12 chooses another)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .lawful reports/latest
