build-clang/obj/src/base/digest.o: src/base/digest.c src/base/digest.h \
  src/base/hex.h src/base/mem.h

src/base/digest.h:

src/base/hex.h:

src/base/mem.h:
