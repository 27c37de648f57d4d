build-clang/obj/src/manifest/read_csv.o: src/manifest/read_csv.c \
  src/manifest/read_csv.h src/manifest/row.h src/manifest/columns.h \
  src/base/buf.h src/provider/definition.h src/base/error.h \
  src/base/exits.h src/manifest/targets.h src/manifest/source.h \
  src/base/scale.h src/base/mem.h src/base/text.h

src/manifest/read_csv.h:

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

src/base/text.h:
