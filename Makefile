# EdgeBench: `make run` and `make test` do all set-up on a fresh machine. `make` lists the rest.

SWIFT       ?= swift
SWIFT_FLAGS ?= --explicit-target-dependency-import-check error
# Nothing is linked against a library of the build folder; looking for libc and libm there costs the agent 40 us a start.
RELEASE     := -c release --disable-local-rpath
BIN         := .build/release
PROFILE     ?= rpi4
PYTHON      ?= python3
TARGET      ?= aarch64-linux-gnu
SECONDS     ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup build run test test-arm sanitize lint format docs conformance conformance-tflite conformance-onnx conformance-written fuzz microbench break-even cycles calibrate-published validate-latency validate-calibration agent cross test-boards test-cross clean train-reference compression-table conformance-coreml test-fleet test-readme

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build needs (Debian packages), or say what is missing
	@scripts/setup

build: setup ## Build .build/release/edgebench, edgebench-agent and its timer
	$(SWIFT) build $(RELEASE) $(SWIFT_FLAGS)

run: build ## The reference suite under PROFILE's limits (rpi4): sizing table, results/PROFILE/
	$(BIN)/edgebench --profile $(PROFILE)

test: setup ## Run every test
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	$(SWIFT) test --skip-build

agent: ## Cross-compile the agent for TARGET (aarch64-linux-gnu) to dist/TARGET: glibc 2.31 and later
	@scripts/cross $(TARGET)

cross: ## The agent for aarch64-linux-gnu, arm-linux-gnueabihf and x86_64-linux-gnu
	@scripts/cross aarch64-linux-gnu arm-linux-gnueabihf x86_64-linux-gnu

test-arm: ## Hold the ARM kernels against the scalar ones, under qemu as Cortex-A7, A9, A53, A57, A72, A76 and more
	@scripts/test-arm

test-boards: build ## Hold 'edgebench boards' against a real sshd on loopback, with its faults
	@scripts/test-boards $(BIN)/edgebench

test-fleet: build ## Hold 'edgebench fleet' against five sshd in network namespaces, two of which fail (root)
	@scripts/test-fleet $(BIN)/edgebench

test-readme: build ## Run the README's path for a Raspberry Pi as it stands, against sshd on loopback (root)
	@scripts/test-readme

test-cross: build cross ## Hold the agents' outputs under qemu (Cortex-A53, A72, A76, A7) against this machine's (MODELS=DIR for more)
	@scripts/test-cross $(BIN)/edgebench

sanitize: setup ## Every kernel against its scalar twin under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/sanitize

lint: setup ## Check format and profiles
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	clang-format --dry-run --Werror $$(git ls-files 'Sources/*.c' 'Sources/*.h' 'Sources/*.cc' 'Tests/*.c' 'Tests/*.h')
	$(SWIFT) build $(RELEASE) $(SWIFT_FLAGS)
	$(BIN)/edgebench profiles check profiles/*.yaml

docs: build ## Rewrite what is written by the program: docs/operators.md, the help screens that tests compare
	$(BIN)/edgebench operators --markdown > docs/operators.md
	scripts/onnx-backend-suite --markdown >> docs/operators.md
	scripts/help-screens $(BIN)/edgebench Tests/EdgebenchTests/Help

format: ## Rewrite sources in the project's format
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests
	clang-format -i $$(git ls-files 'Sources/*.c' 'Sources/*.h' 'Sources/*.cc' 'Tests/*.c' 'Tests/*.h')

conformance: conformance-tflite conformance-onnx conformance-coreml conformance-written ## Hold edgebench against the formats' own runtimes (MODELS=DIR, PyPI)

conformance-tflite: build ## LiteRT: TFLite's operators on some 1500 models, and real models
	@scripts/conformance tflite "$(BIN)/edgebench" "$(PYTHON)"

conformance-onnx: build ## ONNX's backend suite; ONNX Runtime: its own operators, and real models
	@scripts/conformance onnx "$(BIN)/edgebench" "$(PYTHON)"

conformance-coreml: build ## NumPy: Core ML models made here, and those with recorded outputs
	@scripts/conformance coreml "$(BIN)/edgebench" "$(PYTHON)"

conformance-written: build ## LiteRT and ONNX Runtime: what edgebench writes, by every recipe
	@scripts/conformance written "$(BIN)/edgebench" "$(PYTHON)"

fuzz: setup ## Altered files of every format for SECONDS each (FORMATS="tflite onnx")
	@scripts/fuzz $(SECONDS) $(FORMATS)

train-reference: setup ## Train the digits models of the reference suite again (the same bits on the same instruction set)
	$(SWIFT) build -c release $(SWIFT_FLAGS) --product edgebench-training
	$(BIN)/edgebench-training reference Sources/CReferenceData/digits .build/training

compression-table: build ## Measure every recipe on the digits, and write the table of docs/compression.md (minutes)
	$(BIN)/edgebench-training table docs/compression.md .build/training

microbench: setup ## Every operator on every instruction set of this processor (BENCH_FLAGS='--benchmark_filter=...')
	$(SWIFT) build -c release $(SWIFT_FLAGS) --product edgebench-microbench
	$(BIN)/edgebench-microbench $(BENCH_FLAGS)

break-even: setup ## At which density sparse weights begin to pay here; fails where the kernels' table claims more
	$(SWIFT) build -c release $(SWIFT_FLAGS) --product edgebench-microbench
	$(BIN)/edgebench-microbench --break-even

cycles: ## The ARM kernels' inner loops on LLVM's models of Cortex-A53, A55, A72 and A76, counted for the A7
	@scripts/setup cycles
	@$(PYTHON) scripts/cycles

calibrate-published: build ## Fit the latency model to the published rows again (profiles/published)
	$(BIN)/edgebench calibrate --published
	$(BIN)/edgebench calibrate --published --engine litert

validate-latency: build ## The tables of docs/latency-model.md: how far off the latency model is
	$(BIN)/edgebench calibrate --published --residuals .build/latency-residuals.csv
	$(BIN)/edgebench calibrate --published --engine litert --residuals .build/latency-residuals-litert.csv
	@$(PYTHON) scripts/validate-latency .build/latency-residuals.csv ncnn
	@$(PYTHON) scripts/validate-latency .build/latency-residuals-litert.csv LiteRT

validate-calibration: build ## Calibrate this machine, predict, measure: how far off (MODELS=DIR for more than the suite, BEFORE='chrt -f 50')
	@$(PYTHON) scripts/validate-calibration $(BIN)/edgebench $(if $(MODELS),--models $(MODELS)) --before "$(BEFORE)"

clean: ## Remove build products (results stay)
	rm -rf .build
