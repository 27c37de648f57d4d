build-clang/obj/src/manifest/json_cells.o: src/manifest/json_cells.c \
  src/manifest/json_cells.h src/manifest/row.h src/manifest/columns.h \
  src/base/buf.h src/provider/definition.h src/base/error.h \
  src/base/exits.h src/manifest/targets.h src/base/mem.h src/base/text.h \
  src/manifest/json_quick.h src/base/json_scan.h src/manifest/source.h \
  src/base/scale.h

src/manifest/json_cells.h:

src/manifest/row.h:

src/manifest/columns.h:

src/base/buf.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/manifest/targets.h:

src/base/mem.h:

src/base/text.h:

src/manifest/json_quick.h:

src/base/json_scan.h:

src/manifest/source.h:

src/base/scale.h:
