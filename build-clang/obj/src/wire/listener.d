build-clang/obj/src/wire/listener.o: src/wire/listener.c \
  src/wire/listener.h

src/wire/listener.h:
