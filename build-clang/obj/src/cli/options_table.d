build-clang/obj/src/cli/options_table.o: src/cli/options_table.c \
  src/cli/options_table.h src/cli/options.h src/base/error.h \
  src/base/exits.h src/manifest/manifest.h src/manifest/source.h \
  src/base/scale.h src/manifest/targets.h src/provider/definition.h \
  src/base/buf.h src/provider/filter.h src/provider/keylist.h \
  src/provider/list_walk.h src/wire/settings.h src/cli/options_values.h \
  src/cli/options_list.h src/base/clock.h src/base/mem.h src/base/text.h \
  src/intake/reports.h src/journal/evidence.h src/journal/ledger.h \
  src/journal/eyes.h src/journal/holds.h src/journal/record.h \
  src/journal/pace.h src/journal/rotations.h src/provider/outcome.h \
  src/journal/runs.h src/journal/slices.h src/journal/verifications.h \
  src/provider/identifier.h src/provider/request.h

src/cli/options_table.h:

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

src/cli/options_values.h:

src/cli/options_list.h:

src/base/clock.h:

src/base/mem.h:

src/base/text.h:

src/intake/reports.h:

src/journal/evidence.h:

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

src/provider/identifier.h:

src/provider/request.h:
