# SPDX-License-Identifier: ISC
# One Makefile, not recursive.  B is the folder of a build; the sanitized
# build of `make check` is the same rules with B=build/check SANITIZE=1.

B = build
PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
CC = gcc
CXX = g++
VERSION = 1.0.0
SANITIZE =

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
# Texts for people are cut at their end on purpose; only gcc knows the warning.
ifeq ($(findstring clang,$(CC)),)
WARN += -Wno-format-truncation
endif
HARDEN = -fstack-protector-strong -fPIE
OPT = -O2 -g -D_FORTIFY_SOURCE=2
LINK_SAN =
ifneq ($(SANITIZE),)
OPT = -O1 -g -DCRASH_POINTS -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
LINK_SAN = -fsanitize=address,undefined
endif
ifeq ($(SANITIZE),fuzz)
OPT += -fsanitize=fuzzer-no-link
# Each comparison of two words is told to the fuzzer: half of its time.
$(B)/daemon/phrase%.o: OPT += -fno-sanitize-coverage=trace-cmp
endif

DEFS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	-DTEMPLATE_DIR='"$(PREFIX)/share/rummelig-mail/templates"' \
	-DCONF_FILE='"$(SYSCONFDIR)/rummelig-mail.conf"'
CPPFLAGS_ALL = -I. -I$(B) $(DEFS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(WARN) -Wmissing-prototypes -Wstrict-prototypes \
	$(HARDEN) $(OPT) $(CFLAGS)
CXXFLAGS_ALL = -std=c++17 $(WARN) $(HARDEN) $(OPT) $(CXXFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LINK_SAN) $(LDFLAGS)

# libetpan's pkg-config would make the program lose its PIE: plain -letpan.
LIBS_LISTS = -lsqlite3 -lcrypto -lidn2
LIBS_TEMPLATES = -lctemplate_nothreads -lcmark -lyaml -lsodium -lm
LIBS_DAEMON = -lcurl-gnutls -letpan -lgnutls -lmicrohttpd -lseccomp -ljansson \
	-lconfuse -lcsv -lgumbo -lbsd -lsystemd -lcares -lm
LIBS_CLI = -lcurl-gnutls -ljansson -lcmark -lcrypto

LISTS_C = $(wildcard lists/*.c)
TEMPLATES_C = $(wildcard templates/*.c)
TEMPLATES_CC = $(wildcard templates/*.cc)
DAEMON_C = $(wildcard daemon/*.c)
CLI_C = $(wildcard cli/*.c)

LISTS_O = $(LISTS_C:%.c=$(B)/%.o) $(B)/lists/schema_sql.o
TEMPLATES_O = $(TEMPLATES_C:%.c=$(B)/%.o) $(TEMPLATES_CC:%.cc=$(B)/%.o)
DAEMON_O = $(DAEMON_C:%.c=$(B)/%.o)
CLI_O = $(CLI_C:%.c=$(B)/%.o)

all: $(B)/rummelig-maild $(B)/rummelig-mail

# The rooms as archives: a test links what it needs of them.
$(B)/lists.a: $(LISTS_O)
$(B)/templates.a: $(TEMPLATES_O)
$(B)/daemon.a: $(filter-out $(B)/daemon/main.o,$(DAEMON_O)) \
		$(B)/daemon/words_txt.o $(B)/daemon/learned.o
$(B)/cli.a: $(filter-out $(B)/cli/main.o,$(CLI_O))
$(B)/%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/rummelig-maild: $(B)/daemon/main.o $(B)/daemon.a $(B)/templates.a \
		$(B)/lists.a
	$(CXX) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_DAEMON) $(LIBS_TEMPLATES) \
		$(LIBS_LISTS)

$(B)/rummelig-mail: $(B)/cli/main.o $(B)/cli.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_CLI)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) -MMD -MP -c -o $@ $<

# These hold the folders and the version: compiled anew when one changes.
BUILT_FOR = $(PREFIX) $(SYSCONFDIR) $(VERSION)
ifneq ($(shell cat $(B)/built-for 2>/dev/null),$(BUILT_FOR))
$(shell mkdir -p $(B) && echo "$(BUILT_FOR)" > $(B)/built-for)
endif
$(patsubst %.c,$(B)/%.o,$(shell grep -lwE \
	'TEMPLATE_DIR|CONF_FILE|VERSION' daemon/*.c cli/*.c)): $(B)/built-for

# The schema, as a string in the program.
$(B)/lists/schema_sql.c: lists/schema.sql
	@mkdir -p $(@D)
	{ echo 'extern const char schema_sql[]; const char schema_sql[] ='; \
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $<; \
	echo ';'; } > $@
$(B)/lists/schema_sql.o: $(B)/lists/schema_sql.c
	$(CC) $(CPPFLAGS_ALL) -std=c17 $(HARDEN) $(OPT) -c -o $@ $<

# The words by which replies are understood, likewise: one string per file.
WORDS = $(sort $(wildcard daemon/words/*.txt))
$(B)/daemon/words_txt.c: $(WORDS)
	@mkdir -p $(@D)
	{ echo 'extern const char *const words_text[], *const words_name[];'; \
	echo 'const char *const words_text[] = {'; \
	for f in $^; do sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
		-e 's/.*/"&\\n"/' $$f; echo ','; done; echo '0};'; \
	echo 'const char *const words_name[] = {'; \
	for f in $^; do echo "\"$$(basename $$f .txt)\","; done; \
	echo '0};'; } > $@
$(B)/daemon/words_txt.o: $(B)/daemon/words_txt.c
	$(CC) $(CPPFLAGS_ALL) -std=c17 $(HARDEN) $(OPT) -c -o $@ $<

# What is learned from other people's replies: once for all builds below build/.
L = $(if $(filter build/%,$(B)),build,$(B))
LEARN_C = daemon/replies/learn.c daemon/likeness_features.c \
	daemon/likeness_kinds.c daemon/utf8.c lists/fault.c
LEARN_FROM = $(addprefix daemon/replies/,alike.txt asks.txt other.txt)
$(L)/learn: $(LEARN_C) daemon/likeness_features.h daemon/likeness_kinds.h \
		daemon/utf8.h lists/fault.h
	@mkdir -p $(@D)
	$(CC) -I. -D_GNU_SOURCE -std=c17 $(WARN) -O2 -o $@ $(LEARN_C) \
		-llinear -lidn2 -lm
$(L)/learned.c: $(L)/learn $(LEARN_FROM)
	$(L)/learn $(LEARN_FROM) > $@.new
	mv $@.new $@
$(B)/daemon/learned.o: $(L)/learned.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -std=c17 $(HARDEN) $(OPT) -c -o $@ $<

# --- unit tests: tests/ROOM/test_*.c, one program each -------------------
UNIT_C = $(wildcard tests/*/test_*.c)
UNIT = $(UNIT_C:%.c=$(B)/%)
$(B)/tests/lists/test_%: $(B)/tests/lists/test_%.o $(B)/lists.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBS_LISTS)
$(B)/tests/templates/test_%: $(B)/tests/templates/test_%.o \
		$(B)/templates.a $(B)/lists.a
	$(CXX) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBS_TEMPLATES) $(LIBS_LISTS)
# The control tests share a daemon and a client.
$(B)/tests/daemon/test_control $(B)/tests/daemon/test_control_letter: \
	$(B)/tests/daemon/control_client.o
$(B)/tests/daemon/test_own_words $(B)/tests/daemon/test_facts: \
	$(B)/tests/daemon/mail_template.o
$(B)/tests/daemon/test_%: $(B)/tests/daemon/test_%.o $(B)/daemon.a \
		$(B)/templates.a $(B)/lists.a
	$(CXX) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
		-lcmocka $(LIBS_DAEMON) $(LIBS_TEMPLATES) $(LIBS_LISTS)
$(B)/tests/cli/test_%: $(B)/tests/cli/test_%.o $(B)/cli.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBS_CLI)
unit: $(UNIT)

# --- tools of the tests: tests/tools/*.c, one program each ---------------
TOOLS_C = $(wildcard tests/tools/*.c)
TOOLS = $(TOOLS_C:%.c=$(B)/%)
$(B)/tests/tools/%: $(B)/tests/tools/%.o $(B)/daemon.a $(B)/templates.a \
		$(B)/lists.a
	$(CXX) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_DAEMON) $(LIBS_TEMPLATES) \
		$(LIBS_LISTS)
$(B)/tests/tools/sink: $(patsubst %.c,$(B)/%.o, \
	$(wildcard tests/tools/parts/sink_*.c))
tools: $(TOOLS) $(B)/tests/verdicts

# The verdict on mail from files, and how it does on labelled mail.
CORPUS = $(firstword $(wildcard ../shared/corpus))
$(B)/tests/verdicts: $(B)/tests/tools/verdicts
	cp -f $< $@
corpus: $(B)/tests/verdicts
	B=$(B) CORPUS=$(CORPUS) tests/tools/corpus.sh
# All mail there is, through the sanitized verdict: no report may come.
corpus-clean:
	$(MAKE) -s -j$(JOBS) B=build/check SANITIZE=1 build/check/tests/verdicts
	CORPUS=$(CORPUS) tests/tools/clean.sh build/check/tests/verdicts \
		build/check/corpus

# What tests put before the C library: where Dovecot finds its own files, what
# DNS a verifier sees, and what befalls our daemon.
PRELOAD = $(patsubst tests/%.c,build/tests/%.so,$(wildcard tests/preload/*.c))
build/tests/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -Wno-missing-prototypes -O2 -fPIC \
		-shared -o $@ $<

# --- fuzzers: tests/fuzz/fuzz_*.c, with clang's libFuzzer ------------------
FUZZ_C = $(wildcard tests/fuzz/fuzz_*.c)
FUZZ = $(FUZZ_C:tests/fuzz/%.c=$(B)/fuzz/%)
FUZZ_FLAGS = -fsanitize=fuzzer,address,undefined
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/daemon.a $(B)/templates.a $(B)/lists.a
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS_DAEMON) \
		$(LIBS_TEMPLATES) $(LIBS_LISTS)
fuzz: $(FUZZ)

# Each over one bug of tests/fuzz/bugs/: the source that it names in its first
# line, changed, stands before the archive that has it as it is.
BUGS = $(wildcard tests/fuzz/bugs/*.sed)
PLANTED = $(BUGS:tests/fuzz/bugs/%.sed=$(B)/planted/%)
$(B)/planted/%.c: tests/fuzz/bugs/%.sed FORCE
	@mkdir -p $(@D)
	file=$$(sed -n '1s/^# \([^:]*\):.*/\1/p' $<) && \
		sed -f $< $$file > $@ && ! cmp -s $@ $$file
$(B)/planted/%.o: $(B)/planted/%.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<
$(B)/planted/%: $(B)/planted/%.o $(FUZZ_C:%.c=$(B)/%.o) $(B)/daemon.a \
		$(B)/templates.a $(B)/lists.a
	$(CXX) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< \
		$(B)/tests/fuzz/fuzz_$(firstword $(subst -, ,$*)).o \
		$(filter %.a,$^) $(LIBS_DAEMON) $(LIBS_TEMPLATES) $(LIBS_LISTS)
planted: $(PLANTED)
FORCE:

# --- what a person calls ---------------------------------------------------
# $(MAKE) again for a build of another kind: same rules, another folder.
JOBS = $(shell nproc)

deps:
	tests/deps.sh build

demo:
	tests/deps.sh demo
	$(MAKE) -s -j$(JOBS) all build/tests/preload/redirect.so
	/usr/bin/python3 -B tests/demo/demo.py

check:
	tests/deps.sh check
	$(MAKE) -s -j$(JOBS) all tools $(PRELOAD)
	$(MAKE) -s -j$(JOBS) B=build/check SANITIZE=1 all unit tools
	$(MAKE) -s -j$(JOBS) B=build/fuzz CC=clang CXX=clang++ SANITIZE=fuzz fuzz
	tests/check.sh build/check

# Whether the fuzzers find what is planted for them: minutes.
fuzz-proof:
	tests/deps.sh check
	$(MAKE) -s -j$(JOBS) B=build/fuzz CC=clang CXX=clang++ SANITIZE=fuzz planted
	tests/fuzz/proof.sh build/fuzz/planted

# The crash tests whole: every moment, every mishap.  Takes the better part of
# an hour, and no harm from a machine that is busy.
soak:
	tests/deps.sh check
	$(MAKE) -s -j$(JOBS) all tools $(PRELOAD)
	$(MAKE) -s -j$(JOBS) B=build/check SANITIZE=1 all tools
	SOAK=1 BUILD=build/check ASAN_OPTIONS=detect_leaks=1 \
		/usr/bin/python3 -B -m pytest -q -p no:cacheprovider -rs \
		--durations=0 tests/scenarios/test_crash.py \
		tests/scenarios/test_crash_workers.py \
		tests/scenarios/test_mishap.py

# Letters against smtp-source and nodemailer: a line of JSON for each case, or
# for those named: make bench BENCH="plain-10 rtt-20".
BENCH =
bench:
	tests/deps.sh check
	$(MAKE) -s -j$(JOBS) all $(B)/tests/tools/sink
	/usr/bin/python3 -B tests/bench/bench.py $(BENCH)

lint:
	tests/deps.sh lint
	$(MAKE) -s build/lists/schema_sql.c
	tests/rules/lint.sh

# --- installation: DESTDIR, PREFIX, SYSCONFDIR ---------------------------
# A configuration that is there already is the admin's: it stays, and the new
# one lies beside it as FILE.new.
D = $(DESTDIR)$(PREFIX)
CONF_TO = $(DESTDIR)$(SYSCONFDIR)/rummelig-mail.conf
UNIT_TO = $(D)/lib/systemd/system/rummelig-mail.service
SHARED = $(wildcard templates/*.tpl templates/*.txt)
install: all
	install -d $(D)/sbin $(D)/bin $(D)/share/rummelig-mail/templates \
		$(D)/share/man/man1 $(D)/share/man/man5 $(D)/share/man/man8 \
		$(D)/share/bash-completion/completions $(dir $(UNIT_TO)) \
		$(dir $(CONF_TO))
	install $(B)/rummelig-maild $(D)/sbin/
	install $(B)/rummelig-mail $(D)/bin/
	install -m 644 $(SHARED) $(D)/share/rummelig-mail/templates/
	install -m 644 cli/rummelig-mail.1 $(D)/share/man/man1/
	install -m 644 daemon/rummelig-mail.conf.5 $(D)/share/man/man5/
	install -m 644 daemon/rummelig-maild.8 $(D)/share/man/man8/
	install -m 644 cli/rummelig-mail.bash \
		$(D)/share/bash-completion/completions/rummelig-mail
	sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
		daemon/rummelig-mail.service > $(UNIT_TO)
	chmod 644 $(UNIT_TO)
	test -e $(CONF_TO) || install -m 644 rummelig-mail.conf $(CONF_TO)
	cmp -s rummelig-mail.conf $(CONF_TO) || \
		install -m 644 rummelig-mail.conf $(CONF_TO).new

# Leaves the configuration and the state.
uninstall:
	rm -f $(D)/sbin/rummelig-maild $(D)/bin/rummelig-mail \
		$(D)/share/man/man1/rummelig-mail.1 \
		$(D)/share/man/man5/rummelig-mail.conf.5 \
		$(D)/share/man/man8/rummelig-maild.8 \
		$(D)/share/bash-completion/completions/rummelig-mail $(UNIT_TO)
	rm -rf $(D)/share/rummelig-mail

clean:
	rm -rf build

.PHONY: all install uninstall unit tools corpus-clean fuzz planted deps demo \
	check fuzz-proof soak bench lint clean FORCE
.SECONDARY:
-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
