build-clang/obj/src/manifest/json_quick.o: src/manifest/json_quick.c \
  src/manifest/json_quick.h src/base/json_scan.h src/base/buf.h \
  src/manifest/row.h src/manifest/columns.h src/provider/definition.h \
  src/base/error.h src/base/exits.h src/manifest/targets.h \
  src/base/mem.h src/base/text.h

src/manifest/json_quick.h:

src/base/json_scan.h:

src/base/buf.h:

src/manifest/row.h:

src/manifest/columns.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/manifest/targets.h:

src/base/mem.h:

src/base/text.h:
