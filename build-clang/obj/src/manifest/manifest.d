build-clang/obj/src/manifest/manifest.o: src/manifest/manifest.c \
  src/manifest/manifest.h src/manifest/source.h src/base/error.h \
  src/base/exits.h src/base/scale.h src/manifest/targets.h \
  src/provider/definition.h src/base/buf.h src/manifest/read_csv.h \
  src/manifest/row.h src/manifest/columns.h src/manifest/read_json.h \
  src/manifest/read_jsonl.h src/manifest/recognize.h

src/manifest/manifest.h:

src/manifest/source.h:

src/base/error.h:

src/base/exits.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/manifest/read_csv.h:

src/manifest/row.h:

src/manifest/columns.h:

src/manifest/read_json.h:

src/manifest/read_jsonl.h:

src/manifest/recognize.h:
