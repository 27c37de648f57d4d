# rescind: `make demo` and `make test` on a fresh machine; the rest is said in README.md.

VERSION   = 1.0.0
PREFIX    = /usr/local
DESTDIR   =
BUILD     = build
CC        = gcc
OPT       = -O2 -g
WARN      = -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Werror
SANITIZE  =
CPPFLAGS  = -D_GNU_SOURCE -DRESCIND_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen
CFLAGS    = -std=c11 $(OPT) $(WARN) $(SANITIZE) $(HARDEN) -fno-common
LDFLAGS   = $(SANITIZE) -Wl,-z,relro,-z,now
LDLIBS    = -lcurl -lcsv -ljansson -linih -lcrypto -lz -lm

# What the compiler and the machine have of it. Level 3 of _FORTIFY_SOURCE where the library knows it,
# and none with a sanitizer, whose own checks it would go before, or without optimization.
takes     = $(shell echo | $(CC) -Werror $(1) -c -x c -o /dev/null - 2>/dev/null && echo $(1))
fortify   = $(or $(call takes,-O2 -include features.h -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3),2)
HARDEN   := -fstack-protector-strong $(call takes,-fstack-clash-protection) $(call takes,-fcf-protection) \
            $(if $(SANITIZE),,$(if $(filter-out -O0,$(filter -O%,$(OPT))),-U_FORTIFY_SOURCE \
              -D_FORTIFY_SOURCE=$(lastword $(subst =, ,$(fortify)))))

parts     = base provider manifest intake journal report wire run rotate
cli_src   = src/cli/main.c
lib_src   = $(foreach p,$(parts),$(wildcard src/$(p)/*.c)) $(filter-out $(cli_src),$(wildcard src/cli/*.c))
box_src   = $(wildcard src/sandbox/*.c)
test_src  = $(wildcard tests/unit/test_*.c)
lab_src   = $(filter-out %_lab.c,$(wildcard tests/ratelab/*.c))
builtin   = $(sort $(wildcard src/provider/builtin/*.ini))
all_src   = $(wildcard src/*/*.c tests/*/*.c)

obj       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
unit_bin  = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(test_src))
archive   = @rm -f $@; echo "  ar $(notdir $@)"; $(AR) rcs $@ $(filter %.o,$^)
link      = @mkdir -p $(@D); echo "  ld $(notdir $@)"; $(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

.PHONY: all check demo demo-purge demo-incident test test-real asan bench bench-rate rate-lab simulate crash fuzz install unit-tests clean \
        format format-check layers map objects FORCE
all: $(BUILD)/rescind $(BUILD)/rescind-sandbox

$(BUILD)/rescind: $(call obj,$(cli_src)) $(BUILD)/librescind.a
	$(link)
$(BUILD)/rescind-sandbox: LDLIBS += -lmicrohttpd -lpthread
$(BUILD)/rescind-sandbox: $(call obj,$(box_src)) $(BUILD)/librescind.a
	$(link)

$(BUILD)/librescind.a: $(call obj,$(lib_src)) $(BUILD)/obj/gen/builtin.o $(BUILD)/list/lib
	$(archive)
# The parts of the sandbox that need no sockets, for their unit tests.
$(BUILD)/libsandbox.a: $(call obj,$(filter-out %/sandbox_main.c %/server.c %/admin.c,$(box_src))) $(BUILD)/list/box
	$(archive)
# The rate limiters in simulation: the whole grid, and the library for its unit tests.
$(BUILD)/libratelab.a: $(call obj,$(lab_src)) $(BUILD)/list/lab
	$(archive)
$(BUILD)/rate-lab: $(call obj,tests/ratelab/rate_lab.c) $(BUILD)/libratelab.a $(BUILD)/librescind.a
	$(link)
$(BUILD)/distance-lab: $(call obj,tests/ratelab/distance_lab.c) $(BUILD)/libratelab.a $(BUILD)/librescind.a
	$(link)
# Histories of runs, with faults that can be planted where two files meet.
sim_src   = $(wildcard tests/simulate/*.c)
sim_wraps = lane_announce hold_left_us ledger_state gate_allows ledger_outcome durable_sync evidence_sight
$(BUILD)/simulate: LDFLAGS += $(sim_wraps:%=-Wl,--wrap=%)
$(BUILD)/simulate: $(call obj,$(sim_src)) $(BUILD)/librescind.a
	$(link)
simulate: $(BUILD)/simulate
	$< --histories 100000 --jobs 2
rate-lab: $(BUILD)/rate-lab $(BUILD)/distance-lab
	$(BUILD)/rate-lab; near=$$?; $(BUILD)/distance-lab && exit $$near

# What a file is made from, written anew only where that changed: a source or a definition that was
# taken away, or another flag, is noticed as well as one that was touched.
said_lib     = $(lib_src)
said_box     = $(box_src)
said_lab     = $(lab_src)
said_builtin = $(builtin)
said_flags   = $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/list/%: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(said_$*))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(said_$*))' >$@

$(BUILD)/obj/tests/simulate/%.o: CPPFLAGS += -Itests/unit
$(BUILD)/obj/tests/unit/%.o: CPPFLAGS += -Itests/unit
$(BUILD)/obj/tests/fuzz/%.o: CPPFLAGS += -Itests/fuzz
$(BUILD)/obj/%.o: %.c $(BUILD)/list/flags
	@mkdir -p $(@D); echo "  cc $<"; $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/obj/gen/builtin.o: $(BUILD)/gen/builtin.c $(BUILD)/list/flags
	@mkdir -p $(@D); echo "  cc $<"; $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/gen/builtin.c: scripts/embed $(builtin) $(BUILD)/list/builtin
	@mkdir -p $(@D); scripts/embed $(builtin) >$@.tmp && mv $@.tmp $@

unit-tests: $(unit_bin)
$(unit_bin): LDLIBS += -lcmocka
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/librescind.a
	$(link)
$(BUILD)/tests/test_pacer_%: $(BUILD)/obj/tests/unit/test_pacer_%.o $(BUILD)/libratelab.a $(BUILD)/librescind.a
	$(link)
$(BUILD)/tests/test_sandbox_%: $(BUILD)/obj/tests/unit/test_sandbox_%.o $(BUILD)/libsandbox.a $(BUILD)/librescind.a
	$(link)
# One unit test's run, anew only where its program changed.
$(BUILD)/tests/%.ok: $(BUILD)/tests/%
	@timeout -k 5 300 $< >$@.log 2>&1 && mv $@.log $@ && echo "  ok $*" || \
	    { grep -vE '^\[( RUN     |       OK|=+) \]' $@.log; echo "  FAILED $*"; exit 1; }

# Fuzzers, with clang and the variables that scripts/fuzz gives.
$(BUILD)/fuzz_%: LDFLAGS += -fsanitize=fuzzer
$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/librescind.a
	$(link)

# The inner loop: everything compiles, the structure holds, unit tests pass. Quiet, and in parallel.
check:
	@scripts/install-deps build check
	@$(MAKE) -j$$(nproc) --no-print-directory -k layers map format-check objects $(addsuffix .ok,$(unit_bin))
objects: $(call obj,$(all_src))
layers:
	@scripts/check-layers
map:
	@scripts/check-map
compile_commands.json: FORCE
	@scripts/compile-commands '$(CC) $(CPPFLAGS) -Itests/unit -Itests/fuzz $(CFLAGS)' $(all_src) >$@

# What a person calls: each installs what it needs first.
demo demo-purge demo-incident:
	scripts/install-deps build demo
	$(MAKE) -j$$(nproc) all
	scripts/$@
test:
	scripts/install-deps build test
	scripts/test
test-real:
	scripts/install-deps build servers
	$(MAKE) -j$$(nproc) all
	scripts/test-real
asan:
	scripts/install-deps build test
	scripts/test sanitized
crash:
	scripts/install-deps build test
	$(MAKE) -j$$(nproc) all
	scripts/crash
fuzz:
	scripts/install-deps build fuzz
	scripts/fuzz
bench:
	scripts/install-deps build bench
	$(MAKE) -j$$(nproc) all
	scripts/bench-match
	scripts/bench
bench-rate:
	scripts/install-deps build bench
	$(MAKE) -j$$(nproc) all
	scripts/bench-rate

install: all
	install -D -m 755 $(BUILD)/rescind $(DESTDIR)$(PREFIX)/bin/rescind
	install -D -m 755 $(BUILD)/rescind-sandbox $(DESTDIR)$(PREFIX)/bin/rescind-sandbox
	install -D -m 644 src/cli/rescind.1 $(DESTDIR)$(PREFIX)/share/man/man1/rescind.1
	install -D -m 644 src/cli/rescind-providers.5 $(DESTDIR)$(PREFIX)/share/man/man5/rescind-providers.5
	install -D -m 644 src/cli/rescind.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rescind

c_files   = $(shell find src tests -name '*.[ch]')
format:
	clang-format -i $(c_files)
format-check:
	@clang-format --dry-run -Werror $(c_files)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
