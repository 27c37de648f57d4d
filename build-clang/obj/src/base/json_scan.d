build-clang/obj/src/base/json_scan.o: src/base/json_scan.c \
  src/base/json_scan.h src/base/buf.h src/base/hex.h src/base/text.h

src/base/json_scan.h:

src/base/buf.h:

src/base/hex.h:

src/base/text.h:
