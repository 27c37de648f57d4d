build-clang/obj/src/provider/secret.o: src/provider/secret.c \
  src/provider/secret.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h

src/provider/secret.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:
