build-clang/obj/src/intake/walk.o: src/intake/walk.c src/intake/walk.h \
  src/base/error.h src/base/exits.h src/base/buf.h

src/intake/walk.h:

src/base/error.h:

src/base/exits.h:

src/base/buf.h:
