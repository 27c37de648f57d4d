build-clang/obj/src/cli/cmd_report.o: src/cli/cmd_report.c \
  src/cli/commands.h src/cli/options.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/cli/prepare.h src/journal/journal.h \
  src/journal/ledger.h src/journal/eyes.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/base/durable.h src/base/mem.h \
  src/report/mergeable.h src/report/report.h src/report/kinds.h \
  src/report/summary.h

src/cli/commands.h:

src/cli/options.h:

src/base/error.h:

src/base/exits.h:

src/manifest/manifest.h:

src/manifest/source.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/filter.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/wire/settings.h:

src/cli/prepare.h:

src/journal/journal.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/base/durable.h:

src/base/mem.h:

src/report/mergeable.h:

src/report/report.h:

src/report/kinds.h:

src/report/summary.h:
