build-clang/obj/src/manifest/row.o: src/manifest/row.c src/manifest/row.h \
  src/manifest/columns.h src/base/buf.h src/provider/definition.h \
  src/base/error.h src/base/exits.h src/manifest/targets.h \
  src/provider/identifier.h src/provider/request.h

src/manifest/row.h:

src/manifest/columns.h:

src/base/buf.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/manifest/targets.h:

src/provider/identifier.h:

src/provider/request.h:
