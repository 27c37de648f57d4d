build-clang/obj/src/run/queue.o: src/run/queue.c src/run/queue.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/base/mem.h

src/run/queue.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:
