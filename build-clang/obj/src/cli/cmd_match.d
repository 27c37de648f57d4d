build-clang/obj/src/cli/cmd_match.o: src/cli/cmd_match.c \
  src/cli/commands.h src/cli/options.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/cli/prepare.h src/journal/journal.h \
  src/journal/ledger.h src/journal/eyes.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/cli/sheet.h src/base/mem.h \
  src/base/text.h src/intake/intake.h src/intake/finder.h \
  src/intake/judge.h src/intake/shapes.h src/provider/rawkey.h \
  src/intake/stride.h src/intake/finds.h src/intake/places.h \
  src/intake/leftovers.h src/intake/listed.h src/provider/request.h

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

src/cli/sheet.h:

src/base/mem.h:

src/base/text.h:

src/intake/intake.h:

src/intake/finder.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/rawkey.h:

src/intake/stride.h:

src/intake/finds.h:

src/intake/places.h:

src/intake/leftovers.h:

src/intake/listed.h:

src/provider/request.h:
