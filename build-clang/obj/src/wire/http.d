build-clang/obj/src/wire/http.o: src/wire/http.c src/wire/http.h \
  src/wire/messages.h src/base/error.h src/base/exits.h \
  src/provider/verdict.h src/provider/answer.h src/provider/definition.h \
  src/base/buf.h src/provider/hints.h src/provider/outcome.h \
  src/base/clock.h src/base/descriptors.h src/base/heap.h src/base/mem.h \
  src/provider/request.h src/wire/growth.h src/wire/poller.h \
  src/wire/transfer.h src/wire/arrival.h src/wire/sockets.h

src/wire/http.h:

src/wire/messages.h:

src/base/error.h:

src/base/exits.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/hints.h:

src/provider/outcome.h:

src/base/clock.h:

src/base/descriptors.h:

src/base/heap.h:

src/base/mem.h:

src/provider/request.h:

src/wire/growth.h:

src/wire/poller.h:

src/wire/transfer.h:

src/wire/arrival.h:

src/wire/sockets.h:
