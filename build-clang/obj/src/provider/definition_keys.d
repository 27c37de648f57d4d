build-clang/obj/src/provider/definition_keys.o: \
  src/provider/definition_keys.c src/provider/definition_keys.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/definition_values.h

src/provider/definition_keys.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition_values.h:
