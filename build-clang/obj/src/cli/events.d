build-clang/obj/src/cli/events.o: src/cli/events.c src/cli/events.h \
  src/base/buf.h src/base/mem.h src/base/text.h

src/cli/events.h:

src/base/buf.h:

src/base/mem.h:

src/base/text.h:
