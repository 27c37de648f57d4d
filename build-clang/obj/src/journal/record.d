build-clang/obj/src/journal/record.o: src/journal/record.c \
  src/journal/record.h src/base/buf.h src/base/error.h src/base/exits.h \
  src/journal/eyes.h src/provider/definition.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/base/clock.h \
  src/base/digest.h src/base/hex.h src/base/text.h

src/journal/record.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/journal/eyes.h:

src/provider/definition.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/base/clock.h:

src/base/digest.h:

src/base/hex.h:

src/base/text.h:
