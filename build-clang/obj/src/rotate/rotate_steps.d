build-clang/obj/src/rotate/rotate_steps.o: src/rotate/rotate_steps.c \
  src/rotate/rotate_steps.h src/journal/rotations.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h

src/rotate/rotate_steps.h:

src/journal/rotations.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:
