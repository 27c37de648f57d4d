build-clang/obj/src/wire/neighbours.o: src/wire/neighbours.c \
  src/wire/neighbours.h src/wire/listener.h src/base/buf.h \
  src/base/digest.h src/base/mem.h src/base/runtime_dir.h \
  src/provider/hints.h src/provider/definition.h src/base/error.h \
  src/base/exits.h src/provider/request.h

src/wire/neighbours.h:

src/wire/listener.h:

src/base/buf.h:

src/base/digest.h:

src/base/mem.h:

src/base/runtime_dir.h:

src/provider/hints.h:

src/provider/definition.h:

src/base/error.h:

src/base/exits.h:

src/provider/request.h:
