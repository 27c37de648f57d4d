build-clang/obj/src/wire/transfer.o: src/wire/transfer.c \
  src/wire/transfer.h src/base/buf.h src/wire/arrival.h \
  src/wire/messages.h src/base/error.h src/base/exits.h \
  src/provider/verdict.h src/provider/answer.h src/provider/definition.h \
  src/provider/hints.h src/provider/outcome.h src/wire/sockets.h \
  src/base/clock.h src/base/mem.h src/base/text.h src/provider/request.h \
  src/wire/header_lists.h src/wire/stream_end.h

src/wire/transfer.h:

src/base/buf.h:

src/wire/arrival.h:

src/wire/messages.h:

src/base/error.h:

src/base/exits.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/definition.h:

src/provider/hints.h:

src/provider/outcome.h:

src/wire/sockets.h:

src/base/clock.h:

src/base/mem.h:

src/base/text.h:

src/provider/request.h:

src/wire/header_lists.h:

src/wire/stream_end.h:
