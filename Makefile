# Two commands do it all: `make demo` and `make test`. `make check` is what must be clean before a commit.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A bare `torch` pulls gigabytes of CUDA; this pin has a CPU build. Elsewhere on Linux see README, "PyTorch for the CPU".
TORCH := torch==2.13.0

# Thousands of files of torch and its like are never imported: Python compiles the others when they are.
QUICKLY := -qq --disable-pip-version-check --no-compile

.PHONY: install demo test slow fuzz check format train clean

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	@echo "Installing into $(VENV) (once, about two minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(QUICKLY) $(TORCH)
	@$(BIN)/python -m pip install $(QUICKLY) -e '.[encoder,dev]'
	@touch $@

demo: install
	@$(BIN)/scanner demo

test: install
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not online"

$(VENV)/.slow: $(VENV)/.installed
	@$(BIN)/python -m pip install $(QUICKLY) -e '.[notebook-tests]'
	@touch $@

slow: $(VENV)/.slow
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "slow"

fuzz: install
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not online" --hypothesis-profile=wild

check: install
	@$(BIN)/ruff check scanner tests benchmarks docs
	@$(BIN)/ruff format --check scanner tests benchmarks docs
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: install
	@$(BIN)/ruff check --fix scanner tests benchmarks docs
	@$(BIN)/ruff format scanner tests benchmarks docs

train: install
	@$(BIN)/scanner train $(if $(LINES),--lines $(LINES))

clean:
	rm -rf $(VENV) build dist *.egg-info demo-workspace
