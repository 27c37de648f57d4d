build-clang/obj/src/provider/contradiction.o: \
  src/provider/contradiction.c src/provider/contradiction.h \
  src/provider/answer.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/hints.h \
  src/provider/condition.h src/provider/member_name.h

src/provider/contradiction.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/hints.h:

src/provider/condition.h:

src/provider/member_name.h:
