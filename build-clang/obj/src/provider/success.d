build-clang/obj/src/provider/success.o: src/provider/success.c \
  src/provider/success.h src/provider/answer.h src/provider/definition.h \
  src/base/buf.h src/base/error.h src/base/exits.h src/provider/hints.h \
  src/provider/condition.h src/provider/contradiction.h

src/provider/success.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/hints.h:

src/provider/condition.h:

src/provider/contradiction.h:
