build-clang/obj/src/journal/rotations.o: src/journal/rotations.c \
  src/journal/rotations.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/base/mem.h

src/journal/rotations.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/base/mem.h:
