build-clang/obj/src/intake/places.o: src/intake/places.c \
  src/intake/places.h src/base/buf.h src/base/mem.h src/base/text.h

src/intake/places.h:

src/base/buf.h:

src/base/mem.h:

src/base/text.h:
