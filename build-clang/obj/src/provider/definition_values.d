build-clang/obj/src/provider/definition_values.o: \
  src/provider/definition_values.c src/provider/definition_values.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/condition.h src/provider/rawkey.h \
  src/provider/verdict.h src/provider/answer.h src/provider/hints.h \
  src/provider/outcome.h src/base/mem.h src/base/text.h

src/provider/definition_values.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/rawkey.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/provider/outcome.h:

src/base/mem.h:

src/base/text.h:
