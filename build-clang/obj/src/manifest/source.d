build-clang/obj/src/manifest/source.o: src/manifest/source.c \
  src/manifest/source.h src/base/error.h src/base/exits.h \
  src/base/scale.h src/base/digest.h src/base/mem.h

src/manifest/source.h:

src/base/error.h:

src/base/exits.h:

src/base/scale.h:

src/base/digest.h:

src/base/mem.h:
