build-clang/obj/src/intake/stride.o: src/intake/stride.c \
  src/intake/stride.h

src/intake/stride.h:
