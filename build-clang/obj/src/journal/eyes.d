build-clang/obj/src/journal/eyes.o: src/journal/eyes.c src/journal/eyes.h \
  src/base/error.h src/base/exits.h src/provider/definition.h \
  src/base/buf.h src/base/mem.h

src/journal/eyes.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/base/mem.h:
