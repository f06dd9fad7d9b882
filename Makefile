# Needs Python 3.11 or newer and make; everything else is installed into .venv, pinned by constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS := 1
unexport PYTHONDONTWRITEBYTECODE  # pip compiles nothing: Python does, the small part that is imported

.PHONY: verify verify-cuda test lint bench certificates docs package clean

verify: .venv/installed
	$(BIN)/lawful verify --report reports/latest

# With the torch of this Python, which is one for CUDA; nothing else of it is changed.
verify-cuda:
	$(PYTHON) -m venv --system-site-packages .venv-cuda
	.venv-cuda/bin/python -m pip install --quiet --disable-pip-version-check hypothesis jinja2 msgspec packaging platformdirs python-flint rich sympy typer
	.venv-cuda/bin/python benchmarks/cuda.py

test: .venv/installed
	$(BIN)/python -m pytest properties/
	$(BIN)/python -m pytest tests/ --numprocesses logical --dist worksteal

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The laws as theorems of Coq, compiled by coqc (Debian: apt install coq).
certificates: .venv/installed
	$(BIN)/lawful prove --certificates reports/certificates
	$(BIN)/python -m lawful.verify.certificates.compile reports/certificates

bench: .venv/installed
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/verification.py

# The site, in docs/site; its reference is made from the rules, laws and properties, which are proved again for it.
docs: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python -m sphinx -W -q -b html docs docs/site

# Wheel and sdist, as an index would take them.
package: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[publish]'
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"lawful needs Python 3.11 or newer; $(PYTHON) is {v[0]}.{v[1]} (make PYTHON=python3.12 chooses another)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv .venv-cuda .mypy_cache .ruff_cache .pytest_cache .hypothesis .lawful reports/latest reports/cuda reports/certificates docs/site docs/reference dist
