build-clang/obj/src/rotate/rotate_mark.o: src/rotate/rotate_mark.c \
  src/rotate/rotate_mark.h src/base/buf.h src/journal/rotations.h \
  src/base/error.h src/base/exits.h src/provider/definition.h

src/rotate/rotate_mark.h:

src/base/buf.h:

src/journal/rotations.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:
