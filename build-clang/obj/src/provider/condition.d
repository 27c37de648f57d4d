build-clang/obj/src/provider/condition.o: src/provider/condition.c \
  src/provider/condition.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/base/mem.h \
  src/provider/json_tree.h

src/provider/condition.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:

src/provider/json_tree.h:
