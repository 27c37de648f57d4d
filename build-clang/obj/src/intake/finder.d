build-clang/obj/src/intake/finder.o: src/intake/finder.c \
  src/intake/finder.h src/intake/judge.h src/intake/shapes.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/rawkey.h src/intake/stride.h \
  src/base/scale.h src/intake/decoded.h src/intake/sought.h \
  src/intake/sieve.h src/intake/edges.h src/base/mem.h

src/intake/finder.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/intake/stride.h:

src/base/scale.h:

src/intake/decoded.h:

src/intake/sought.h:

src/intake/sieve.h:

src/intake/edges.h:

src/base/mem.h:
