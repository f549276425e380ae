# make run · make test · make bench · make train DATA=folder · make seeds DATA=folder – each installs what it needs into .venv.
MAKEFLAGS += --no-print-directory --silent
.PHONY: run test bench train seeds lint types imports browser clean

# 3.11 first: where a CPU wheel of torch is at hand, it is the one most likely to fit.
supported = $(shell $(1) -c 'import sys; print("$(1)" if (3, 11) <= sys.version_info[:2] <= (3, 12) else "")' 2>/dev/null)
ifndef PYTHON
PYTHON := $(firstword $(foreach name,python3.11 python3.12 python3 python,$(call supported,$(name))))
endif

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
RUNTIME := .venv/runtime-installed
TRAINING := .venv/training-installed
DEVELOPMENT := .venv/development-installed
RNNS := rnn-tanh-vanilla rnn-tanh-st rnn-tanh-nmst rnn-lstm-vanilla rnn-lstm-st rnn-lstm-nmst
NVAES := nvae-pixelart16 nvae-fashion28 nvae-avatars32
MATCHING := cosent sbert angle mse cross
AUTOENCODERS := $(foreach set,fashion28 pixelart16,$(addsuffix -$(set),ae aebn eae vae wae))

run: $(RUNTIME)
	$(BIN)/python app.py

test: lint types imports browser
	$(BIN)/python -m pytest --cov --cov-report=term

# With the browser: one benchmark looks at the page.
bench: $(DEVELOPMENT) browser
	$(BIN)/python -m playground bench

# Resumable. A family of RNNs took about 40 core-minutes for its base and 10 for each of its three models, the chat
# model about half an hour, the translator about two hours, an NVAE between twenty minutes and two hours, and the plain
# VAE that it is measured against about as long.
# Large tensors stay with the process: handing them back to the system at every step doubles its time.
train seeds: export MALLOC_MMAP_MAX_ = 0
train seeds: export MALLOC_TRIM_THRESHOLD_ = 100000000000
train: $(TRAINING)
	test -n "$(DATA)" || { echo "Say where the corpora are: make train DATA=folder (it holds text, pairs, dialogue, seq2seq, images)."; exit 1; }
	for model in $(RNNS); do \
		$(BIN)/python -m models.recipes.storybooks_rnn $$model --data "$(DATA)" && \
		$(BIN)/python -m models.recipes.measure $$model --data "$(DATA)" || exit 1; \
	done
	$(BIN)/python -m models.recipes.dialogue_lm --data "$(DATA)"
	$(BIN)/python -m models.recipes.dialogue_quality --data "$(DATA)"
	$(BIN)/python -m models.recipes.classical_seq2seq --data "$(DATA)"
	$(BIN)/python -m models.recipes.translation_quality --data "$(DATA)"
	$(BIN)/python -m models.recipes.english_t_ta --data "$(DATA)"
	$(BIN)/python -m models.recipes.t_ta_quality --data "$(DATA)"
	for method in $(MATCHING); do \
		$(BIN)/python -m models.recipes.english_matching $$method --data "$(DATA)" || exit 1; \
	done
	$(BIN)/python -m models.recipes.matching_quality en --data "$(DATA)"
	for set in digits pixelart16 fashion28 avatars32; do \
		$(BIN)/python -m models.recipes.picture_classifier $$set --data "$(DATA)" || exit 1; \
	done
	for model in $(NVAES); do \
		$(BIN)/python -m models.recipes.nvae $$model --data "$(DATA)" && \
		$(BIN)/python -m models.recipes.nvae $$model --plain --data "$(DATA)" && \
		$(BIN)/python -m models.recipes.picture_quality $$model --data "$(DATA)" || exit 1; \
	done
	$(BIN)/python -m models.recipes.autoencoders $(AUTOENCODERS) --data "$(DATA)"
	$(BIN)/python -m models.recipes.autoencoder_quality $(AUTOENCODERS) --data "$(DATA)"
	for model in nvae-avatars32 nvae-pixelart16; do \
		$(BIN)/python -m models.recipes.attribute_directions $$model --data "$(DATA)" || exit 1; \
	done

# More seeds of the RNNs, for the table in assets/storybooks-seeds.json; the models stay in the cache.
SEEDS := 2021 2022
seeds: $(RUNTIME)
	test -n "$(DATA)" || { echo "Say where the corpora are: make seeds DATA=folder (it holds text/storybooks)."; exit 1; }
	for seed in $(SEEDS); do for model in $(RNNS); do \
		$(BIN)/python -m models.recipes.storybooks_rnn $$model --seed $$seed --data "$(DATA)" && \
		$(BIN)/python -m models.recipes.measure $$model --seed $$seed --data "$(DATA)" || exit 1; \
	done; done

lint: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOPMENT)
	$(BIN)/mypy

imports: $(DEVELOPMENT)
	PYTHONPATH=. $(BIN)/lint-imports --no-logo

browser: $(DEVELOPMENT)
	{ command -v chromium || command -v chromium-browser || command -v google-chrome || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	}; } >/dev/null || { echo "The browser tests need Chromium or Chrome: install one and run make test again."; exit 1; }

# torch alone first: within its range pip takes a CPU wheel that is at hand rather than gigabytes of CUDA.
$(RUNTIME): requirements.txt
	test -n "$(PYTHON)" || { echo "Whybox needs Python 3.11 or 3.12: install one, or set PYTHON=/path/to/python."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	echo "Installing into .venv …"
	$(PIP) "$$(grep '^torch' requirements.txt)"
	$(PIP) -r requirements.txt
	touch $@

$(TRAINING): requirements-train.txt $(RUNTIME)
	$(PIP) -r requirements-train.txt
	touch $@

$(DEVELOPMENT): requirements-dev.txt requirements-train.txt $(RUNTIME)
	$(PIP) -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
