build-clang/obj/src/provider/catalog.o: src/provider/catalog.c \
  src/provider/builtin.h src/provider/definition_read.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/base/mem.h

src/provider/builtin.h:

src/provider/definition_read.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:
