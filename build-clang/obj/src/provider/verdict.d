build-clang/obj/src/provider/verdict.o: src/provider/verdict.c \
  src/provider/verdict.h src/base/exits.h src/provider/answer.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/provider/hints.h src/provider/outcome.h src/provider/condition.h \
  src/provider/contradiction.h src/provider/reason.h \
  src/provider/success.h

src/provider/verdict.h:

src/base/exits.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/provider/hints.h:

src/provider/outcome.h:

src/provider/condition.h:

src/provider/contradiction.h:

src/provider/reason.h:

src/provider/success.h:
