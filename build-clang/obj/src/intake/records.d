build-clang/obj/src/intake/records.o: src/intake/records.c \
  src/intake/records.h src/base/buf.h src/base/hex.h src/base/text.h

src/intake/records.h:

src/base/buf.h:

src/base/hex.h:

src/base/text.h:
