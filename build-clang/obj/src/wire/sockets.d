build-clang/obj/src/wire/sockets.o: src/wire/sockets.c src/wire/sockets.h \
  src/base/mem.h

src/wire/sockets.h:

src/base/mem.h:
