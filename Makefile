# The commands of this project. Each calls CMake or a script; the one build description is CMakeLists.txt.

BUILD  := build
PREFIX ?= /usr/local
# In CI (where CI is set, as hosted runners do) a warning is an error.
WERROR := $(if $(CI),ON,OFF)

.DEFAULT_GOAL := all
.PHONY: all run test check asan bench test-real install clean deps help

all: deps ## Build everything into build/ (the default)
	@etc/bootstrap/configure.sh $(BUILD) -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCOORDINATOR_WERROR=$(WERROR)
	@umask 022 && cmake --build $(BUILD)

run: all ## Start the bot: on Discord with DISCORD_TOKEN set, else with the playground on this machine
	@tests/playground/run.sh $(BUILD)

test: all ## Build, then run the unit tests and the end-to-end tests
	@ctest --test-dir $(BUILD) --output-on-failure

check: all ## Hold the sources to format, clang-tidy, floors and shellcheck
	@tests/check/run.sh $(BUILD)

asan: deps ## The same tests under AddressSanitizer and UBSan, in build-asan/
	@etc/bootstrap/configure.sh $(BUILD)-asan -DCMAKE_BUILD_TYPE=Debug '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g' \
	  -DCOORDINATOR_WERROR=$(WERROR) -DCOORDINATOR_SANITIZE=address,undefined
	@umask 022 && cmake --build $(BUILD)-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ctest --test-dir $(BUILD)-asan --output-on-failure

bench: all ## Measure: each figure beside the least that could be done for it, in one run
	@$(BUILD)/bench

test-real: all ## The real Claude Code and discord.js against this machine's playground (needs node and npm)
	@tests/real/run.sh $(BUILD)

install: all ## Install under PREFIX (/usr/local), below DESTDIR where one is given
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Remove what was built
	@rm -rf $(BUILD) $(BUILD)-asan

deps: ## Install what building and testing need, where it is missing
	@etc/bootstrap/deps.sh

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
