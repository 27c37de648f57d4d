build-clang/obj/src/cli/confirm.o: src/cli/confirm.c src/cli/confirm.h \
  src/base/error.h src/base/exits.h src/base/buf.h src/base/text.h

src/cli/confirm.h:

src/base/error.h:

src/base/exits.h:

src/base/buf.h:

src/base/text.h:
