build-clang/obj/src/wire/poller.o: src/wire/poller.c src/wire/poller.h \
  src/base/error.h src/base/exits.h src/base/mem.h src/base/stops.h

src/wire/poller.h:

src/base/error.h:

src/base/exits.h:

src/base/mem.h:

src/base/stops.h:
