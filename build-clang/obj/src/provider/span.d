build-clang/obj/src/provider/span.o: src/provider/span.c \
  src/provider/span.h

src/provider/span.h:
