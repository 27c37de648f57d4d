build-clang/obj/src/journal/journal.o: src/journal/journal.c \
  src/journal/journal.h src/journal/ledger.h src/journal/eyes.h \
  src/base/error.h src/base/exits.h src/provider/definition.h \
  src/base/buf.h src/journal/holds.h src/journal/record.h \
  src/journal/pace.h src/journal/rotations.h src/provider/outcome.h \
  src/journal/runs.h src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/base/clock.h src/base/digest.h \
  src/base/durable.h src/base/mem.h src/journal/lines.h \
  src/journal/scan.h

src/journal/journal.h:

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

src/base/clock.h:

src/base/digest.h:

src/base/durable.h:

src/base/mem.h:

src/journal/lines.h:

src/journal/scan.h:
