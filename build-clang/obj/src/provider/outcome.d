build-clang/obj/src/provider/outcome.o: src/provider/outcome.c \
  src/provider/outcome.h

src/provider/outcome.h:
