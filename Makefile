# The commands of this project. Each calls CMake or a script; the one build description is CMakeLists.txt.

BUILD  := build
PREFIX ?= /usr/local
# In CI (where CI is set, as hosted runners do) a warning is an error.
WERROR := $(if $(CI),ON,OFF)

.DEFAULT_GOAL := all
.PHONY: all run test check asan tsan chaos fuzz coverage bench test-real install clean deps help

all: deps ## Build everything into build/ (the default)
	@etc/bootstrap/configure.sh $(BUILD) -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCOORDINATOR_WERROR=$(WERROR)
	@umask 022 && cmake --build $(BUILD)

run: all ## Start the bot: on Discord with DISCORD_TOKEN set, else with the playground on this machine
	@tests/playground/run.sh $(BUILD)

test: all ## Build, then run the unit tests and the end-to-end tests
	@ctest --test-dir $(BUILD) --output-on-failure -j $$(nproc)

check: all ## Hold the sources to format, clang-tidy, floors and shellcheck
	@tests/check/run.sh $(BUILD)

asan: deps ## The same tests under AddressSanitizer and UBSan, in build-asan/
	@etc/bootstrap/configure.sh $(BUILD)-asan -DCMAKE_BUILD_TYPE=Debug '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g' \
	  -DCOORDINATOR_WERROR=$(WERROR) -DCOORDINATOR_SANITIZE=address,undefined
	@umask 022 && cmake --build $(BUILD)-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ctest --test-dir $(BUILD)-asan --output-on-failure -j $$(nproc)

tsan: deps ## The tests of what works beside the loop, under ThreadSanitizer, in build-tsan/
	@etc/bootstrap/configure.sh $(BUILD)-tsan -DCMAKE_BUILD_TYPE=Debug '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g' \
	  -DCOORDINATOR_WERROR=$(WERROR) -DCOORDINATOR_SANITIZE=thread
	@umask 022 && cmake --build $(BUILD)-tsan
	@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 ctest --test-dir $(BUILD)-tsan --output-on-failure \
	  -R '^(io|store|agent|e2e_(Story|Queue|Restart))$$'

chaos: all ## Kill the daemon at random while the network misbehaves; CHAOS="--seed 7 --runs 10" says more
	@$(BUILD)/chaos $(CHAOS)

# -O1: what is fuzzed should be fast, and its findings readable.
fuzz: deps ## Fuzz what strangers can send, FUZZ_SECONDS (60) each, in build-fuzz/; FUZZ=gateway is one of them
	@etc/bootstrap/deps.sh clang
	@etc/bootstrap/configure.sh $(BUILD)-fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
	  -DCMAKE_BUILD_TYPE=Debug '-DCMAKE_C_FLAGS_DEBUG=-O1 -g' '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g' \
	  -DCOORDINATOR_FUZZ=ON -DCOORDINATOR_SANITIZE=address,undefined
	@umask 022 && cmake --build $(BUILD)-fuzz --target fuzzers
	@tests/fuzz/run.sh $(BUILD)-fuzz $(FUZZ)

coverage: deps ## How much of core the tests reach, by lines and branches, in build-coverage/
	@etc/bootstrap/deps.sh clang
	@etc/bootstrap/configure.sh $(BUILD)-coverage -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
	  -DCMAKE_BUILD_TYPE=Debug -DCOORDINATOR_COVERAGE=ON
	@umask 022 && cmake --build $(BUILD)-coverage
	@tests/coverage/run.sh $(BUILD)-coverage

bench: all ## Measure: each figure beside the least that could be done for it, in one run
	@$(BUILD)/bench

test-real: all ## The real Claude Code and discord.js against this machine's playground (needs node and npm)
	@tests/real/run.sh $(BUILD)

install: all ## Install under PREFIX (/usr/local), below DESTDIR where one is given
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Remove what was built
	@rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-tsan $(BUILD)-fuzz $(BUILD)-coverage

deps: ## Install what building and testing need, where it is missing
	@etc/bootstrap/deps.sh

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
