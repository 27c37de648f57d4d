build-clang/obj/src/intake/edges.o: src/intake/edges.c src/intake/edges.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/base/hex.h src/intake/shapes.h \
  src/provider/rawkey.h

src/intake/edges.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/hex.h:

src/intake/shapes.h:

src/provider/rawkey.h:
