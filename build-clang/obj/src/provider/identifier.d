build-clang/obj/src/provider/identifier.o: src/provider/identifier.c \
  src/provider/identifier.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/request.h \
  src/base/base64.h src/base/hex.h src/base/mem.h src/base/text.h \
  src/provider/secret.h

src/provider/identifier.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/request.h:

src/base/base64.h:

src/base/hex.h:

src/base/mem.h:

src/base/text.h:

src/provider/secret.h:
