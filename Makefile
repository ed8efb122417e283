# Redress: `make help` lists what can be made. Everything made lies in build/.
#
# New files are picked up by where they lie: common/<layer>/*.c is the library, services/<name>/ with a
# tables.c is a pure service, tests/unit/*_test.c and tests/fuzz/*_fuzz.c are one program each.

## make TARGET [T=name for one test] [VARIANT=release|san|tsan|clang|cov|plant-NAME] [BUILD=dir]
##
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.DEFAULT_GOAL := all

VARIANT ?= release
BUILD ?= build
OUT := $(BUILD)/$(VARIANT)
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 20
PYTHON := /usr/bin/python3
CLANG ?= clang-14
PACKAGES := deploy/packages.sh
LIBRARIES := libzmq libczmq lmdb jansson libsodium libcurl yaml-0.1 zlib libevent msgpack

# --- what there is ------------------------------------------------------------------------------

COMMON ?= $(wildcard common/*/*.c)
PURE := $(patsubst services/%/tables.c,%,$(wildcard services/*/tables.c))
PLANTS := $(shell sed -n 's/^    X.\([a-z_]*\),.*/\1/p' common/suite/plant.h 2>/dev/null)
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))
THREADED := $(filter %_thread_test,$(UNITS))
HELPERS := $(filter-out %_test.c tests/unit/given%,$(wildcard tests/unit/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*_fuzz.c))
BENCHES := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*_bench.c))
RUNNABLE := $(if $(wildcard services/main.c),$(PURE:%=redress-%) \
    $(if $(wildcard tests/tally/tables.c),redress-tally))
PROGRAMS := $(RUNNABLE) $(if $(wildcard services/cli/*.c),redress) \
    $(if $(wildcard services/gateway/*.c),redress-gateway) \
    $(if $(wildcard proto/print.c),redress-docs)
# `T=store` takes every test whose name begins with store or holds _store.
chosen = $(if $(T),$(filter $(T)% $(foreach n,$(1),$(if $(findstring _$(T),$(n)),$(n))),$(1)),$(1))

# --- flags --------------------------------------------------------------------------------------

WARNINGS := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wformat=2 -Werror
# Defined as empty, so that a file may define it too.
CPPFLAGS := -I. -D_GNU_SOURCE=
HARDENED := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
# Sanitizers make gcc see uses of uninitialised memory that are not there; the release still looks.
ASAN := -O1 -Wno-maybe-uninitialized -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $$(patsubst -I%,-isystem %,$$(shell pkg-config --cflags-only-I $(LIBRARIES) 2>/dev/null)))$(PACKAGE_CFLAGS)
LIBS = $(eval LIBS := $$(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lpthread)$(LIBS)

CC := gcc
CFLAGS := $(HARDENED)
LDFLAGS := -pie -Wl,-z,relro,-z,now
ifeq ($(VARIANT),san)
    CFLAGS := $(ASAN)
    LDFLAGS := $(ASAN)
else ifeq ($(VARIANT),tsan)
    CFLAGS := -O1 -Wno-maybe-uninitialized -fsanitize=thread -fPIE
    LDFLAGS := -fsanitize=thread -pie
else ifeq ($(VARIANT),clang)
    CC := $(CLANG)
else ifeq ($(VARIANT),cov)
    CFLAGS := -O0 -Wno-format-truncation --coverage
    LDFLAGS := --coverage
else ifeq ($(VARIANT),fuzz)
    CC := $(CLANG)
    CFLAGS := $(filter-out -Wno-maybe%,$(ASAN)) -fsanitize=fuzzer-no-link
    LDFLAGS := $(ASAN)
else ifneq ($(filter plant-%,$(VARIANT)),)
    CPPFLAGS += -DPLANT=$(VARIANT:plant-%=%)
else ifneq ($(VARIANT),release)
    $(error no such VARIANT: $(VARIANT))
endif
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1) $@')
compile = $(Q)$(CC) $(WARNINGS) $(CPPFLAGS) $(PACKAGE_CFLAGS) -g $(CFLAGS) -MMD -MP \
    $(if $(filter clang,$(VARIANT)),-MJ $(@:.o=.json)) -c $< -o $@
link = $(Q)$(CC) -g $(LDFLAGS) $(filter %.o,$^) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBS) -o $@
J = --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

# --- what is built ------------------------------------------------------------------------------

# A planted build differs in the few files that mention a plant; the others are the release's own.
ifneq ($(filter plant-%,$(VARIANT)),)
    PLANTED := common/suite/plant.c $(shell grep -ls 'PLANTED[^D]' $(COMMON) $(PURE:%=services/%/*.c) services/gateway/*.c)
    ELSEWHERE := $(BUILD)/release/obj
else
    PLANTED := %.c
    ELSEWHERE := $(OUT)/obj
endif
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(filter $(PLANTED),$(1))) \
    $(patsubst %.c,$(ELSEWHERE)/%.o,$(filter-out $(PLANTED),$(1)))
service_objects = $(call objects,$(wildcard services/$(1)/*.c))

PURE_ARCHIVES := $(PURE:%=$(OUT)/%.a)
TALLY_ARCHIVE := $(if $(wildcard tests/tally/*.c),$(OUT)/tally.a)
PRINTERS := $(wildcard proto/print_*.c)
PRINT_ARCHIVE := $(if $(PRINTERS),$(OUT)/print.a)
HELPER_ARCHIVE := $(if $(HELPERS),$(OUT)/helpers.a)
LIBRARY := $(OUT)/libredress.a
ARCHIVES = $(filter %.a,$^)
PLANT_OBJECT := $(if $(wildcard common/suite/plant.c),$(OUT)/obj/common/suite/plant.o)
# Documents are made from the release alone.
PROGRAMS := $(if $(filter plant-%,$(VARIANT)),$(filter-out redress-docs,$(PROGRAMS)),$(PROGRAMS))

## all          the release: build/release/redress, redress-<service>, libredress.a (the default)
.PHONY: all
all: packages-build
	@$(MAKE) $(J) VARIANT=$(VARIANT) programs

.PHONY: programs units chosen-units chosen-threaded chosen-fuzzers benches
programs: $(LIBRARY) $(PROGRAMS:%=$(OUT)/%)
programs units benches chosen-units chosen-threaded chosen-fuzzers:
	@:
units: $(UNITS:%=$(OUT)/tests/%)
chosen-units: $(addprefix $(OUT)/tests/,$(call chosen,$(UNITS)))
chosen-threaded: $(addprefix $(OUT)/tests/,$(call chosen,$(THREADED)))
benches: $(BENCHES:%=$(OUT)/bench/%)
chosen-fuzzers: $(addprefix $(OUT)/fuzz/,$(call chosen,$(FUZZERS)))

.PHONY: packages-build
packages-build:
	@$(PACKAGES) build run

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(compile)
ifneq ($(filter plant-%,$(VARIANT)),)
$(BUILD)/release/obj/%.o: CPPFLAGS := $(filter-out -DPLANT=%,$(CPPFLAGS))
$(BUILD)/release/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(compile)
endif

# The main of a service is one file, compiled once a service.
$(OUT)/obj/services/main-%.o: services/main.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(compile) -DSERVICE=$*_service

archive = @mkdir -p $(@D); rm -f $@; ar rcs $@ $^
$(LIBRARY): $(call objects,$(COMMON))
	$(archive)
$(HELPER_ARCHIVE): $(call objects,$(HELPERS))
	$(archive)
$(PRINT_ARCHIVE): $(call objects,$(PRINTERS))
	$(archive)
$(TALLY_ARCHIVE): $(call objects,$(wildcard tests/tally/*.c))
	$(archive)
# The functions of a service are found by name in its own tables only: what two services call alike stays apart, also in
# programs that hold both.
seal = @mkdir -p $(@D); rm -f $@; ld -r -o $(@:.a=.o) $^ && objcopy --keep-global-symbol=$(notdir $(@:.a=))_service \
    $(@:.a=.o) && ar rcs $@ $(@:.a=.o)
define PURE_RULES
$(OUT)/$(1).a: $(call service_objects,$(1))
	$$(seal)
$(OUT)/redress-$(1): $(OUT)/obj/services/main-$(1).o $(PLANT_OBJECT) $(OUT)/$(1).a $(LIBRARY)
	$$(call say,LD)
	$$(link)
endef
$(foreach s,$(PURE),$(eval $(call PURE_RULES,$(s))))

$(OUT)/redress-tally: $(OUT)/obj/services/main-tally.o $(PLANT_OBJECT) $(TALLY_ARCHIVE) $(LIBRARY)
	$(call say,LD)
	$(link)
REGISTRY := $(call objects,$(wildcard services/registry.c))
# What the programs at the edge of the suite share: values as people and files write them, mappings.
EDGE_ARCHIVE := $(if $(wildcard services/edge/*.c),$(OUT)/edge.a)
$(EDGE_ARCHIVE): $(call objects,$(wildcard services/edge/*.c))
	$(archive)
$(OUT)/redress: $(call objects,$(wildcard services/cli/*.c)) $(REGISTRY) $(PLANT_OBJECT) \
    $(EDGE_ARCHIVE) $(PURE_ARCHIVES) $(LIBRARY)
	$(call say,LD)
	$(link)
# The pages are part of the program (.incbin, which the compiler's list of dependencies does not know).
$(call objects,services/gateway/www.c): $(wildcard services/gateway/www/*)
$(OUT)/redress-gateway: $(call objects,$(wildcard services/gateway/*.c)) $(REGISTRY) $(PLANT_OBJECT) \
    $(EDGE_ARCHIVE) $(PRINT_ARCHIVE) $(PURE_ARCHIVES) $(LIBRARY)
	$(call say,LD)
	$(link)
$(OUT)/redress-docs: $(call objects,proto/print.c) $(REGISTRY) $(PRINT_ARCHIVE) $(PURE_ARCHIVES) \
    $(LIBRARY)
	$(call say,LD)
	$(link)

# Tests of a service's rules see its functions, not only its tables, and bring their own view, decision and effects (given*.c), which are found before the library's.
TEST_ARCHIVES := $(HELPER_ARCHIVE) $(PRINT_ARCHIVE) $(EDGE_ARCHIVE) $(PURE_ARCHIVES) $(TALLY_ARCHIVE) $(LIBRARY)
GIVEN := $(call objects,$(wildcard tests/unit/given*.c))
# Tests named cli_* are linked with the command-line tool, all of it but main.
CLI_ARCHIVE := $(if $(wildcard services/cli/*.c),$(OUT)/cli.a)
$(CLI_ARCHIVE): $(call objects,$(filter-out %/main.c,$(wildcard services/cli/*.c))) $(REGISTRY)
	$(archive)
# Likewise gateway_* and stream_* with the gateway.
GATEWAY_ARCHIVE := $(if $(wildcard services/gateway/*.c),$(OUT)/gateway.a)
$(GATEWAY_ARCHIVE): $(call objects,$(filter-out %/main.c,$(wildcard services/gateway/*.c))) $(REGISTRY)
	$(archive)
define UNIT_RULES
$(OUT)/tests/$(1): $(OUT)/obj/tests/unit/$(1).o $(if $(filter $(PURE:%=%_%),$(1)),$(GIVEN)) \
    $(foreach s,$(PURE),$(if $(filter $(s)_%,$(1)),$(call service_objects,$(s)))) \
    $(if $(filter cli_%,$(1)),$(CLI_ARCHIVE)) $(if $(filter gateway_% stream_%,$(1)),$(GATEWAY_ARCHIVE)) \
    $(TEST_ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(link) -lcmocka
endef
$(foreach t,$(UNITS),$(eval $(call UNIT_RULES,$(t))))
$(OUT)/bench/%: $(OUT)/obj/tests/bench/%.o $(PURE_ARCHIVES) $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LD)
	$(link)
$(OUT)/fuzz/%: $(OUT)/obj/tests/fuzz/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LD)
	$(link) -fsanitize=fuzzer

# --- tests --------------------------------------------------------------------------------------

# Every step is run, whatever the others say; its counts go to this file, and `total` judges them.
RESULTS ?= $(BUILD)/results.jsonl
RUN := $(PYTHON) tests/run.py --results $(RESULTS)
export REDRESS_BUILD := $(abspath $(BUILD)/release)

## test         installs what is missing, then units (san, tsan), purity, system tests, short faults
.PHONY: test test-steps
test:
	@$(PACKAGES) build run test
	@mkdir -p $(BUILD) && rm -f $(RESULTS)
	@$(MAKE) $(J) $(if $(T),test-one,test-steps); $(RUN) total

# One after another: two cores are busy with one step.
test-steps:
	-@$(MAKE) $(J) unit
	-@$(MAKE) $(J) unit-threads
	-@$(MAKE) $(J) purity
	-@$(MAKE) $(J) system
	-@$(MAKE) $(J) fault

.PHONY: test-one unit unit-threads system fault
test-one:
	-@$(MAKE) $(J) unit
	-@$(MAKE) $(J) unit-threads
	-@$(MAKE) $(J) system
	-@$(MAKE) $(J) fault

# What could not be built counts as failed, and what could is run all the same: (build, its name, run).
define build_and
+@bad=0; $(MAKE) $(J) -k $(1) || { $(RUN) fail "build of the $(2)"; bad=1; }; $(3) && exit $$bad
endef

## unit         the C unit tests under ASan and UBSan
unit:
	$(call build_and,VARIANT=san chosen-units,unit tests (san),$(RUN) units san \
	    $(addprefix $(BUILD)/san/tests/,$(call chosen,$(UNITS))))

## unit-threads the threaded unit tests (*_thread_test.c) under TSan
unit-threads:
	$(call build_and,VARIANT=tsan chosen-threaded,unit tests (tsan),$(RUN) units tsan \
	    $(addprefix $(BUILD)/tsan/tests/,$(call chosen,$(THREADED))))

# Most of their time is waiting for clocks; files stay whole, for tests of a file share a suite.
SIDE_BY_SIDE := -n 2 --dist loadfile
## system       the Python tests of running services, written from the wire contract alone
system:
	$(call build_and,VARIANT=release programs,programs,$(RUN) pytest system tests/system \
	    $(if $(T),--only $(T),$(SIDE_BY_SIDE)))

## fault        the short fault run: processes killed under load, nothing lost, doubled or late
fault:
	$(call build_and,VARIANT=release programs,programs,$(RUN) pytest fault tests/fault \
	    $(if $(T),--only $(T)) -k "not planted")

## fault-plants the same harness must catch every planted bug
.PHONY: fault-plants
fault-plants: plants
	@$(RUN) pytest fault-plants tests/fault -k planted -n 2

## purity       proves on the object files that services are pure functions; self-test included
.PHONY: purity
purity:
	@$(RUN) command purity tests/purity.sh $(PURE)

## plants       builds every planted bug, and proves that only those builds have one
.PHONY: plants
plants:
	@$(MAKE) $(J) VARIANT=release programs
	@set -e; for plant in $(PLANTS); do $(MAKE) $(J) VARIANT=plant-$$plant programs; done
	@$(RUN) command plants tests/plants.sh $(BUILD) $(PLANTS)

## fuzz         every fuzzer for FUZZ_SECONDS (20) on top of its corpus
.PHONY: fuzz
fuzz:
	@$(PACKAGES) build run lint
	$(call build_and,VARIANT=fuzz chosen-fuzzers,fuzzers,$(RUN) fuzz $(FUZZ_SECONDS) \
	    $(addprefix $(BUILD)/fuzz/fuzz/,$(call chosen,$(FUZZERS))))

## bench        measures throughput beside the floor of the disk
.PHONY: bench
bench:
	@$(MAKE) $(J) VARIANT=release programs benches
	@$(PYTHON) tests/bench/run.py

## coverage     units under gcov; every branch of the services must be taken
.PHONY: coverage
coverage:
	@$(PACKAGES) build run test lint
	@rm -rf $(BUILD)/cov # counts of older sources cannot be merged
	$(call build_and,VARIANT=cov units,unit tests (cov),$(RUN) units cov \
	    $(addprefix $(BUILD)/cov/tests/,$(UNITS)))
	@$(RUN) command coverage tests/coverage.sh $(BUILD) $(PURE)

## container-test  builds the image and lives with it in containers, on an engine of its own where none runs
.PHONY: container-test
container-test:
	@$(PACKAGES) test containers
	@mkdir -p $(BUILD) && rm -f $(RESULTS)
	-@$(RUN) pytest containers tests/containers $(if $(T),--only $(T))
	@$(RUN) total

# --- the look of the source ---------------------------------------------------------------------

SOURCES = $(shell find common services proto tests -name '*.[ch]' -not -path '*/node_modules/*')
# Grammar headers are tables of macros, like .def files.
FORMATTED = $(filter-out common/def_%.h,$(SOURCES))

## format       lays out every C file anew; format-check only says which are not
.PHONY: format format-check
format:
	@clang-format-14 -i $(FORMATTED)
format-check:
	@clang-format-14 --dry-run -Werror $(FORMATTED)

## lint         tidy test, clang-tidy, cppcheck
.PHONY: lint tidy
lint:
	@$(PACKAGES) build run test lint
	@$(MAKE) $(J) -k lint-tidy lint-clang-tidy lint-cppcheck
.PHONY: lint-tidy lint-clang-tidy lint-cppcheck
lint-tidy:
	@$(RUN) command tidy tests/tidy.py
lint-clang-tidy:
	-@$(MAKE) $(J) compile_commands # what does not compile is no reason not to look at the rest
	@$(RUN) command clang-tidy tests/lint.sh clang-tidy $(BUILD) $(JOBS)
lint-cppcheck:
	@$(RUN) command cppcheck tests/lint.sh cppcheck $(BUILD) $(JOBS)
tidy:
	@tests/tidy.py

## compile_commands  build/compile_commands.json, by building with clang
.PHONY: compile_commands
compile_commands:
	@$(PACKAGES) build run test lint
	@bad=0; $(MAKE) $(J) -k VARIANT=clang programs units || bad=1; \
	find $(BUILD)/clang -name '*.json' -exec cat {} + | sed -e '1s/^/[/' -e '$$s/,$$/]/' \
	    >$(BUILD)/compile_commands.json; exit $$bad

# --- use ----------------------------------------------------------------------------------------

## docs         build/docs: JSON Schema, AsyncAPI, the follow graph, a reference for people
.PHONY: docs
docs: packages-build
	@$(MAKE) $(J) VARIANT=release $(BUILD)/release/redress-docs
	@$(BUILD)/release/redress-docs $(BUILD)/docs

## docs-check   the documents against the rules of JSON Schema, AsyncAPI and OpenAPI
.PHONY: docs-check
docs-check:
	@$(PACKAGES) build run test node
	@$(MAKE) $(J) docs || $(RUN) fail docs
	@$(RUN) command schemas tests/docs/check.py $(BUILD)/docs
	@$(RUN) command asyncapi tests/docs/node.sh asyncapi.mjs $(BUILD)/docs/asyncapi.json $(BUILD)/docs-node
	@$(RUN) command openapi tests/docs/node.sh openapi.mjs $(BUILD)/docs/openapi.json $(BUILD)/docs-node

## node-test    others read what is said: an EventSource, SDKs of CloudEvents, Standard Webhooks and PagerDuty
.PHONY: node-test
node-test:
	@$(PACKAGES) build run test node
	$(call build_and,VARIANT=release programs,programs,$(RUN) command node tests/node/run.sh \
	    $(BUILD)/release $(BUILD)/node $(T))

## browser      a real Chromium drives the pages of a real suite; T=operate for one file
.PHONY: browser pictures
browser:
	@$(PACKAGES) build run test node browser
	$(call build_and,VARIANT=release programs,programs,$(RUN) command browser tests/browser/run.sh \
	    $(BUILD)/browser $(T:%=%.test.mjs))

## pictures     takes the pictures of README anew
pictures:
	@$(PACKAGES) build run node browser
	@$(MAKE) $(J) VARIANT=release programs
	@tests/browser/run.sh $(BUILD)/browser pictures.mjs $(abspath tests/browser/pictures)

## demo         an outage at a made-up provider, from nothing to a live suite; ONESHOT=1 checks it and ends
.PHONY: demo
demo:
	@$(PACKAGES) build run demo
	@$(MAKE) $(J) VARIANT=release programs
	@deploy/demo.sh

## install      to DESTDIR and PREFIX (/usr/local)
.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/redress
	install -m 755 $(filter-out %/redress-docs %/redress-tally,$(PROGRAMS:%=$(BUILD)/release/%)) \
	    $(DESTDIR)$(PREFIX)/bin
	@for d in maps config; do [ ! -d deploy/$$d ] || \
	    cp -R deploy/$$d $(DESTDIR)$(PREFIX)/share/redress/; done

## image        the container image IMAGE (redress:dev) on BASE (debian:bookworm-slim)
.PHONY: image
IMAGE ?= redress:dev
BASE ?= debian:bookworm-slim
IMAGE_FLAGS ?=
VERSION = $(shell sed -n 's/.*argp_program_version = "redress \(.*\)";/\1/p' services/cli/dispatch.c)
image:
	docker build $(IMAGE_FLAGS) --build-arg BASE=$(BASE) --build-arg VERSION=$(VERSION) \
	    --build-arg REVISION=$(shell git rev-parse --verify -q HEAD || echo unknown) \
	    -t $(IMAGE) -f deploy/Dockerfile .

## clean        removes build/
.PHONY: clean
clean:
	rm -rf $(BUILD)

## help         these lines
.PHONY: help
help:
	@sed -n 's/^## \{0,1\}/  /p' Makefile

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
