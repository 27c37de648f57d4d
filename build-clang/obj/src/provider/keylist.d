build-clang/obj/src/provider/keylist.o: src/provider/keylist.c \
  src/provider/keylist.h src/provider/list_walk.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/condition.h src/provider/identifier.h \
  src/provider/request.h src/base/hash.h src/base/mem.h src/base/text.h

src/provider/keylist.h:

src/provider/list_walk.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/identifier.h:

src/provider/request.h:

src/base/hash.h:

src/base/mem.h:

src/base/text.h:
