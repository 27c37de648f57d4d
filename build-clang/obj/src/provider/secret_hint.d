build-clang/obj/src/provider/secret_hint.o: src/provider/secret_hint.c \
  src/provider/secret_hint.h src/provider/keylist.h \
  src/provider/list_walk.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h

src/provider/secret_hint.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:
