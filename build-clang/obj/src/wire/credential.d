build-clang/obj/src/wire/credential.o: src/wire/credential.c \
  src/wire/credential.h src/base/error.h src/base/exits.h src/base/buf.h \
  src/base/locked.h src/base/mem.h src/provider/mask.h

src/wire/credential.h:

src/base/error.h:

src/base/exits.h:

src/base/buf.h:

src/base/locked.h:

src/base/mem.h:

src/provider/mask.h:
