build-clang/obj/src/intake/judge.o: src/intake/judge.c src/intake/judge.h \
  src/intake/shapes.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/rawkey.h src/base/mem.h \
  src/intake/edges.h

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/base/mem.h:

src/intake/edges.h:
