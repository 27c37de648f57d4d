build-clang/obj/src/journal/texts.o: src/journal/texts.c \
  src/journal/texts.h src/base/hash.h src/base/mem.h

src/journal/texts.h:

src/base/hash.h:

src/base/mem.h:
