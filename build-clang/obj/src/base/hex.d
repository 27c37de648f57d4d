build-clang/obj/src/base/hex.o: src/base/hex.c src/base/hex.h

src/base/hex.h:
