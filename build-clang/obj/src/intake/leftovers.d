build-clang/obj/src/intake/leftovers.o: src/intake/leftovers.c \
  src/intake/leftovers.h src/intake/places.h src/base/buf.h \
  src/provider/definition.h src/base/error.h src/base/exits.h \
  src/base/mem.h

src/intake/leftovers.h:

src/intake/places.h:

src/base/buf.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:
