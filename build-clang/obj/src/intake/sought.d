build-clang/obj/src/intake/sought.o: src/intake/sought.c \
  src/intake/sought.h src/intake/judge.h src/intake/shapes.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/rawkey.h src/intake/sieve.h \
  src/intake/edges.h src/base/base64.h src/base/hex.h src/base/mem.h

src/intake/sought.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/intake/sieve.h:

src/intake/edges.h:

src/base/base64.h:

src/base/hex.h:

src/base/mem.h:
