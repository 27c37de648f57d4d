build-clang/obj/src/journal/slices.o: src/journal/slices.c \
  src/journal/slices.h src/journal/pace.h

src/journal/slices.h:

src/journal/pace.h:
