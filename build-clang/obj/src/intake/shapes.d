build-clang/obj/src/intake/shapes.o: src/intake/shapes.c \
  src/intake/shapes.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/rawkey.h src/base/mem.h

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/base/mem.h:
