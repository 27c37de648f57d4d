build-clang/obj/src/wire/guards.o: src/wire/guards.c src/wire/guards.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/wire/settings.h src/base/mem.h \
  src/journal/evidence.h

src/wire/guards.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/base/error.h:

src/base/exits.h:

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

src/base/mem.h:

src/journal/evidence.h:
