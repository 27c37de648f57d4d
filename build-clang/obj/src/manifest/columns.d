build-clang/obj/src/manifest/columns.o: src/manifest/columns.c \
  src/manifest/columns.h src/base/buf.h src/provider/definition.h \
  src/base/error.h src/base/exits.h src/base/mem.h \
  src/provider/identifier.h src/provider/request.h

src/manifest/columns.h:

src/base/buf.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:

src/provider/identifier.h:

src/provider/request.h:
