build-clang/obj/src/provider/definition_read.o: \
  src/provider/definition_read.c src/provider/definition_read.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/definition_check.h \
  src/provider/definition_keys.h src/provider/verdict.h \
  src/provider/answer.h src/provider/hints.h src/provider/outcome.h \
  src/base/mem.h

src/provider/definition_read.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition_check.h:

src/provider/definition_keys.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/provider/outcome.h:

src/base/mem.h:
