build-clang/obj/src/report/sink.o: src/report/sink.c src/report/sink.h \
  src/base/buf.h src/base/durable.h src/base/error.h src/base/exits.h \
  src/base/clock.h src/base/text.h

src/report/sink.h:

src/base/buf.h:

src/base/durable.h:

src/base/error.h:

src/base/exits.h:

src/base/clock.h:

src/base/text.h:
