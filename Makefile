# SPDX-License-Identifier: Apache-2.0
# Every step that CI takes, by name. Bodies longer than a line are in Scripts/.
.DEFAULT_GOAL := help
# The steps of `test` share one build folder and two cores: one after the other, whatever -j says.
.NOTPARALLEL:
.PHONY: help setup lint format build test docs embedded fuzz-short fuzz bench years demo deb acceptance clean

# One set of flags for build, test and demo, else each would rebuild what the other built. SwiftPM takes
# -warnings-as-errors back for dependencies. C has -Werror=all: SwiftPM mistakes a plain `-Xcc -Werror` for Swift's.
STRICT := -Xswiftc -warnings-as-errors -Xcc -Wall -Xcc -Wextra -Xcc -Werror=all -Xcc -Werror=extra
FORMATTED := $(wildcard Sources Tests Fuzz Embedded Package.swift)
# Tests that talk over real lines keep the protocol's times: with more at once than this, or beside those that only
# compute, they would wait for a core.
TEST := swift test --skip-build --disable-xctest $(STRICT) --experimental-maximum-parallelization-width 4
COMPUTING := ^MEPGatewayTests\.(Cost|PackedRows)Tests/
# As the Debian package has it: what is measured is what is installed.
RELEASE := -c release --static-swift-stdlib
# In a folder of its own: in one, each would rebuild what the other built.
TESTING := -c release --scratch-path .build/testing --disable-xctest $(STRICT) -Xswiftc -enable-testing
TIME ?= 600
export ONCE

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: ## check for Swift and the Debian packages it needs, install these if allowed to
	@Scripts/setup.sh

build: setup ## build everything (debug), warnings are errors
	swift build --build-tests $(STRICT)

test: setup lint build ## all that CI checks: lint, build, tests, Embedded Swift, a short seeded fuzz run
	$(TEST) --skip '^(MEPTransport|MEPClient|MEPGateway|mep)Tests\.'
	$(TEST) --filter '$(COMPUTING)'
	$(TEST) --filter '^(MEPTransport|MEPClient|MEPGateway)Tests\.' --skip '$(COMPUTING)'
	$(TEST) --filter '^mepTests\.'
	@Scripts/beside.sh "$(MAKE) --no-print-directory embedded" "$(MAKE) --no-print-directory fuzz-short"

lint: ## check the format of all Swift files
	swift format lint --strict --recursive --parallel $(FORMATTED)

format: ## format all Swift files in place
	swift format --in-place --recursive --parallel $(FORMATTED)

docs: setup ## write the pages of Documentation/Tables anew, and the dissector's names of tables, from the declarations
	@swift build --product mep $(STRICT)
	@rm -f Documentation/Tables/*.md
	@mkdir -p Documentation/Tables
	@"$$(swift build --show-bin-path)/mep" document Documentation/Tables --dissector Wireshark/osgp-mep.lua

embedded: ## build the pure targets for riscv32, run them in Embedded mode on this machine
	@Scripts/embedded.sh

fuzz-short: ## fuzz each target with a fixed seed and a fixed number of runs
	@Scripts/fuzz.sh runs 2000

fuzz: setup ## fuzz each target for TIME seconds (default 600); TARGET=Name for one of them
	@Scripts/fuzz.sh seconds $(TIME) $(TARGET)

bench: setup ## build and run the benchmarks (release)
	swift build $(RELEASE) --product mep
	swift build $(RELEASE) --product mep-bench
	"$$(swift build $(RELEASE) --show-bin-path)/mep-bench"

years: setup ## whole years of meters and of a gateway, every access (release: in debug these take far longer)
	MEP_ACCEPTANCE=1 swift test $(TESTING) --filter 'AcceptanceTests|MonthTests|EveryAccessTests|EveryTableTests'
	@FLAGS="$(TESTING)" Scripts/acceptance/year.sh

demo: setup ## the gateway with a simulated meter, until Ctrl-C; ONCE=1 reads a meter once
	@swift build --product mep $(STRICT)
	@MEP="$$(swift build --show-bin-path)/mep" Scripts/demo.sh

deb: setup ## build the Debian package (release, the runtime inside): .build/deb/
	@Scripts/deb.sh

acceptance: bench ## all of what is committed: tests and demo in a fresh clone, foreign systems, a minute of fuzzing each, years
	@Scripts/newcomer.sh
	@swift build --product mep $(STRICT)
	@MEP="$$(swift build --show-bin-path)/mep" Scripts/acceptance/all.sh
	@$(MAKE) --no-print-directory fuzz TIME=60
	@$(MAKE) --no-print-directory years

clean: ## remove everything that was built
	rm -rf .build
