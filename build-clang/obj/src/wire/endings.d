build-clang/obj/src/wire/endings.o: src/wire/endings.c src/wire/endings.h \
  src/base/exits.h src/journal/ledger.h src/journal/eyes.h \
  src/base/error.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/wire/settings.h

src/wire/endings.h:

src/base/exits.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/base/error.h:

src/provider/definition.h:

src/base/buf.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/wire/settings.h:
