build-clang/obj/src/base/locked.o: src/base/locked.c src/base/locked.h \
  src/base/mem.h

src/base/locked.h:

src/base/mem.h:
