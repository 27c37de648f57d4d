build-clang/obj/src/provider/mask.o: src/provider/mask.c \
  src/provider/mask.h src/base/buf.h src/base/base64.h src/base/hash.h \
  src/base/hex.h src/base/locked.h src/base/mem.h

src/provider/mask.h:

src/base/buf.h:

src/base/base64.h:

src/base/hash.h:

src/base/hex.h:

src/base/locked.h:

src/base/mem.h:
