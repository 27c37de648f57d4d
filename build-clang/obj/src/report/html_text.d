build-clang/obj/src/report/html_text.o: src/report/html_text.c \
  src/report/html_text.h src/base/buf.h src/base/clock.h src/base/text.h \
  src/report/sink.h src/base/durable.h src/base/error.h src/base/exits.h

src/report/html_text.h:

src/base/buf.h:

src/base/clock.h:

src/base/text.h:

src/report/sink.h:

src/base/durable.h:

src/base/error.h:

src/base/exits.h:
