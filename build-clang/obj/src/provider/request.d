build-clang/obj/src/provider/request.o: src/provider/request.c \
  src/provider/request.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/base/mem.h

src/provider/request.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:
