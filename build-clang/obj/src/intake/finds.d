build-clang/obj/src/intake/finds.o: src/intake/finds.c src/intake/finds.h \
  src/intake/places.h src/base/buf.h src/manifest/targets.h \
  src/provider/definition.h src/base/error.h src/base/exits.h \
  src/base/mem.h

src/intake/finds.h:

src/intake/places.h:

src/base/buf.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:
