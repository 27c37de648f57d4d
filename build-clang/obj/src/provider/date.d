build-clang/obj/src/provider/date.o: src/provider/date.c \
  src/provider/date.h

src/provider/date.h:
