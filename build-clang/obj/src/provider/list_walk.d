build-clang/obj/src/provider/list_walk.o: src/provider/list_walk.c \
  src/provider/list_walk.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/condition.h \
  src/provider/pages_left.h src/provider/request.h src/base/mem.h

src/provider/list_walk.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/pages_left.h:

src/provider/request.h:

src/base/mem.h:
