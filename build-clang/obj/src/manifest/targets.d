build-clang/obj/src/manifest/targets.o: src/manifest/targets.c \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/base/digest.h src/base/hash.h \
  src/base/mem.h src/base/scale.h src/manifest/arena.h \
  src/provider/identifier.h src/provider/request.h

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/digest.h:

src/base/hash.h:

src/base/mem.h:

src/base/scale.h:

src/manifest/arena.h:

src/provider/identifier.h:

src/provider/request.h:
