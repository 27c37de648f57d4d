build-clang/obj/src/wire/stream_end.o: src/wire/stream_end.c \
  src/wire/stream_end.h

src/wire/stream_end.h:
