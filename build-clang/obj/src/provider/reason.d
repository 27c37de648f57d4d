build-clang/obj/src/provider/reason.o: src/provider/reason.c \
  src/provider/reason.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/mask.h \
  src/provider/secret.h src/base/text.h

src/provider/reason.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/mask.h:

src/provider/secret.h:

src/base/text.h:
