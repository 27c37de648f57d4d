build-clang/obj/src/provider/filter.o: src/provider/filter.c \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/base/text.h src/provider/moment.h

src/provider/filter.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/text.h:

src/provider/moment.h:
