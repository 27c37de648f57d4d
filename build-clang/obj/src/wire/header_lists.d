build-clang/obj/src/wire/header_lists.o: src/wire/header_lists.c \
  src/wire/header_lists.h src/wire/messages.h src/base/error.h \
  src/base/exits.h src/provider/verdict.h src/provider/answer.h \
  src/provider/definition.h src/base/buf.h src/provider/hints.h \
  src/provider/outcome.h src/base/locked.h src/base/mem.h

src/wire/header_lists.h:

src/wire/messages.h:

src/base/error.h:

src/base/exits.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/hints.h:

src/provider/outcome.h:

src/base/locked.h:

src/base/mem.h:
