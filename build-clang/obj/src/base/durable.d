build-clang/obj/src/base/durable.o: src/base/durable.c src/base/durable.h \
  src/base/error.h src/base/exits.h src/base/buf.h src/base/mem.h

src/base/durable.h:

src/base/error.h:

src/base/exits.h:

src/base/buf.h:

src/base/mem.h:
