build-clang/obj/src/wire/trace.o: src/wire/trace.c src/wire/trace.h \
  src/base/error.h src/base/exits.h src/base/buf.h src/base/clock.h \
  src/base/mem.h src/base/text.h src/provider/mask.h \
  src/provider/request.h src/provider/definition.h

src/wire/trace.h:

src/base/error.h:

src/base/exits.h:

src/base/buf.h:

src/base/clock.h:

src/base/mem.h:

src/base/text.h:

src/provider/mask.h:

src/provider/request.h:

src/provider/definition.h:
