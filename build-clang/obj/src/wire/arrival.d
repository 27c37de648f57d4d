build-clang/obj/src/wire/arrival.o: src/wire/arrival.c src/wire/arrival.h \
  src/base/buf.h

src/wire/arrival.h:

src/base/buf.h:
