build-clang/obj/src/journal/verifications.o: src/journal/verifications.c \
  src/journal/verifications.h src/journal/record.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/journal/eyes.h \
  src/provider/definition.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/base/mem.h

src/journal/verifications.h:

src/journal/record.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/journal/eyes.h:

src/provider/definition.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/base/mem.h:
