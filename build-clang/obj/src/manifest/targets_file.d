build-clang/obj/src/manifest/targets_file.o: src/manifest/targets_file.c \
  src/manifest/manifest.h src/manifest/source.h src/base/error.h \
  src/base/exits.h src/base/scale.h src/manifest/targets.h \
  src/provider/definition.h src/base/buf.h src/base/durable.h \
  src/base/mem.h src/manifest/read_csv.h src/manifest/row.h \
  src/manifest/columns.h src/provider/identifier.h \
  src/provider/request.h

src/manifest/manifest.h:

src/manifest/source.h:

src/base/error.h:

src/base/exits.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/base/durable.h:

src/base/mem.h:

src/manifest/read_csv.h:

src/manifest/row.h:

src/manifest/columns.h:

src/provider/identifier.h:

src/provider/request.h:
