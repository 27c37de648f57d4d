build-clang/obj/src/provider/hints.o: src/provider/hints.c \
  src/provider/hints.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/condition.h \
  src/provider/date.h src/provider/span.h

src/provider/hints.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/date.h:

src/provider/span.h:
