build-clang/obj/src/wire/settings.o: src/wire/settings.c \
  src/wire/settings.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/journal/evidence.h \
  src/journal/ledger.h src/journal/eyes.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h

src/wire/settings.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

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

src/manifest/targets.h:
