build-clang/obj/src/manifest/row_set.o: src/manifest/row_set.c \
  src/base/mem.h src/manifest/targets.h src/provider/definition.h \
  src/base/buf.h src/base/error.h src/base/exits.h

src/base/mem.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:
