build-clang/obj/src/journal/ledger.o: src/journal/ledger.c \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/base/digest.h src/base/mem.h \
  src/journal/texts.h

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

src/base/digest.h:

src/base/mem.h:

src/journal/texts.h:
