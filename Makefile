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
CFLAGS    = -std=c11 $(OPT) $(WARN) $(SANITIZE) -fstack-protector-strong -fno-common
LDFLAGS   = $(SANITIZE) -Wl,-z,relro,-z,now
LDLIBS    = -lcurl -lcsv -ljansson -linih -lcrypto -lm

parts     = base provider manifest journal report wire run rotate
cli_src   = src/cli/main.c
lib_src   = $(foreach p,$(parts),$(wildcard src/$(p)/*.c)) $(filter-out $(cli_src),$(wildcard src/cli/*.c))
box_src   = $(wildcard src/sandbox/*.c)
test_src  = $(wildcard tests/unit/test_*.c)
builtin   = $(sort $(wildcard src/provider/builtin/*.ini))

obj       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
lib_obj   = $(call obj,$(lib_src)) $(BUILD)/obj/gen/builtin.o
unit_bin  = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(test_src))

.PHONY: all demo demo-purge demo-incident test asan bench bench-rate rate-lab crash fuzz install unit-tests clean format format-check
all: $(BUILD)/rescind $(BUILD)/rescind-sandbox

$(BUILD)/rescind: $(call obj,$(cli_src)) $(BUILD)/librescind.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/rescind-sandbox: $(call obj,$(box_src)) $(BUILD)/librescind.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lmicrohttpd -lpthread

# The parts of the sandbox that need no sockets, for their unit tests.
$(BUILD)/libsandbox.a: $(call obj,$(filter-out %/sandbox_main.c %/server.c %/admin.c,$(box_src)))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/librescind.a: $(lib_obj)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc $<"; $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/builtin.o: $(BUILD)/gen/builtin.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/gen/builtin.c: scripts/embed $(builtin)
	@mkdir -p $(@D)
	scripts/embed $(builtin) > $@.tmp && mv $@.tmp $@

# The rate limiters in simulation: the whole grid, and the library for its unit test.
$(BUILD)/libratelab.a: $(call obj,$(filter-out %/rate_lab.c,$(wildcard tests/ratelab/*.c)))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/rate-lab: $(call obj,tests/ratelab/rate_lab.c) $(BUILD)/libratelab.a $(BUILD)/librescind.a
	$(CC) $(LDFLAGS) -o $@ $^ -lm

rate-lab: $(BUILD)/rate-lab
	$<

unit-tests: $(unit_bin)
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/librescind.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(LDLIBS) -lcmocka
$(BUILD)/tests/test_pacer_%: tests/unit/test_pacer_%.c $(BUILD)/libratelab.a $(BUILD)/librescind.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(LDLIBS) -lcmocka
$(BUILD)/tests/test_sandbox_%: tests/unit/test_sandbox_%.c $(BUILD)/libsandbox.a $(BUILD)/librescind.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(LDLIBS) -lcmocka

# Fuzzers, with clang and the variables that scripts/fuzz gives.
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/librescind.a
	$(CC) $(CPPFLAGS) -Itests/fuzz $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(LDLIBS)

# What a person calls: each installs what it needs first.
demo demo-purge demo-incident:
	scripts/install-deps build demo
	$(MAKE) -j$$(nproc) all
	scripts/$@
test:
	scripts/install-deps build test
	scripts/test
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
	scripts/bench
bench-rate:
	scripts/install-deps build bench
	$(MAKE) -j$$(nproc) all
	scripts/bench-rate

install: all
	install -D -m 755 $(BUILD)/rescind $(DESTDIR)$(PREFIX)/bin/rescind
	install -D -m 755 $(BUILD)/rescind-sandbox $(DESTDIR)$(PREFIX)/bin/rescind-sandbox
	install -D -m 644 src/cli/rescind.1 $(DESTDIR)$(PREFIX)/share/man/man1/rescind.1
	install -D -m 644 src/cli/rescind.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rescind

c_files = $(shell find src tests -name '*.[ch]')
format:
	clang-format -i $(c_files)
format-check:
	@clang-format --dry-run -Werror $(c_files)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
