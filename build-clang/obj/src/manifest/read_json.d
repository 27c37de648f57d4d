build-clang/obj/src/manifest/read_json.o: src/manifest/read_json.c \
  src/manifest/read_json.h src/manifest/row.h src/manifest/columns.h \
  src/base/buf.h src/provider/definition.h src/base/error.h \
  src/base/exits.h src/manifest/targets.h src/manifest/source.h \
  src/base/scale.h src/base/mem.h src/manifest/json_cells.h

src/manifest/read_json.h:

src/manifest/row.h:

src/manifest/columns.h:

src/base/buf.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/manifest/targets.h:

src/manifest/source.h:

src/base/scale.h:

src/base/mem.h:

src/manifest/json_cells.h:
