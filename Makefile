# `make chat` to use natoqa, `make test` to change it. Each does the whole set-up first and is quick the second time.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough and can make a virtual environment is taken.
PYTHON ?= python3.13 python3.12 python3.11 python3
PIP_ARGS ?=
PORT ?=
# Processes that run the tests or mypy, each on one core; the tests of one file run in one of them.
TESTERS ?= 2
REQUIREMENTS := pyproject.toml constraints.txt

# What is installed; the files lie inside the environment, so that they go with it.
FOR_CHAT := $(VENV)/installed-for-chat
FOR_TESTS := $(VENV)/installed-for-tests

# $(call install,EXTRA): of pip's many lines, those that show that it is moving. Pip compiles on one core only, two
# minutes for these packages; compileall takes them all, and does not mind the templates among them that are no Python.
define install
@scripts/environment $(VENV) $(PYTHON)
@echo 'natoqa: installing the pinned packages into $(VENV) (minutes the first time)'
@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-compile $(PIP_ARGS) \
	-c constraints.txt -e '.[$(1)]' \
	| awk '/^ +(Downloading|Using cached) |^Installing coll/ { print substr($$0, 1, 110); fflush() }'
@echo 'natoqa: compiling them'
@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
endef

SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help chat index test test-fast lint pictures clean

help:
	@echo 'make chat       install natoqa, index corpus/ and open the chat page (PORT=7860)'
	@echo 'make index      install natoqa and make the index equal corpus/'
	@echo 'make test       install everything the tests need, then lint, types and all tests'
	@echo 'make test-fast  only the tests without model, browser, servers and other processes'
	@echo 'make lint       style and types'
	@echo 'make pictures   take the pictures in docs/images from the page anew'
	@echo 'make clean      remove the environment and the caches; corpus/ and index/ stay'
	@echo
	@echo 'PIP_ARGS="..." is handed to pip, such as an --index-url with CPU-only builds of torch, which are far smaller.'
	@echo 'PYTHON=...     is the Python (3.11 or newer) that the environment is made with.'

chat: index
	@$(BIN)/natoqa chat $(if $(PORT),--port $(PORT))

# Exit code 3: some article could not be read and was reported; the others are there to be asked.
index: $(FOR_CHAT)
	@echo 'natoqa: indexing the corpus'
	@$(BIN)/natoqa index || [ $$? -eq 3 ]

test: $(FOR_TESTS)
	@scripts/browser
	@$(MAKE) --no-print-directory lint
	@echo 'natoqa: all tests'
	@OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTERS) --dist loadfile

test-fast: $(FOR_TESTS)
	@echo 'natoqa: the fast tests'
	@$(BIN)/pytest -m 'not model and not browser and not crash and not process'

lint: $(FOR_TESTS)
	@echo 'natoqa: style'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo 'natoqa: types'
	@MYPY_NUM_WORKERS=$(TESTERS) $(BIN)/mypy

pictures: $(FOR_TESTS)
	@scripts/browser
	@$(BIN)/python scripts/screenshots.py

$(FOR_CHAT): $(REQUIREMENTS)
	$(call install,llm)
	@touch $@

$(FOR_TESTS): $(REQUIREMENTS)
	$(call install,dev)
	@touch $(FOR_CHAT) $@

clean:
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
