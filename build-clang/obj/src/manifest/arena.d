build-clang/obj/src/manifest/arena.o: src/manifest/arena.c \
  src/manifest/arena.h src/base/scale.h src/base/mem.h

src/manifest/arena.h:

src/base/scale.h:

src/base/mem.h:
