build-clang/obj/src/intake/stream.o: src/intake/stream.c \
  src/intake/stream.h src/base/error.h src/base/exits.h \
  src/base/locked.h src/base/mem.h src/base/scale.h src/base/text.h

src/intake/stream.h:

src/base/error.h:

src/base/exits.h:

src/base/locked.h:

src/base/mem.h:

src/base/scale.h:

src/base/text.h:
