build-clang/obj/src/intake/decoded.o: src/intake/decoded.c \
  src/intake/decoded.h src/intake/sought.h src/intake/judge.h \
  src/intake/shapes.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/rawkey.h \
  src/intake/sieve.h src/intake/stride.h src/intake/edges.h \
  src/base/base64.h src/base/locked.h src/base/mem.h

src/intake/decoded.h:

src/intake/sought.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/intake/sieve.h:

src/intake/stride.h:

src/intake/edges.h:

src/base/base64.h:

src/base/locked.h:

src/base/mem.h:
