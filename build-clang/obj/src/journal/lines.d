build-clang/obj/src/journal/lines.o: src/journal/lines.c \
  src/journal/lines.h src/base/error.h src/base/exits.h \
  src/base/digest.h src/base/mem.h src/base/scale.h

src/journal/lines.h:

src/base/error.h:

src/base/exits.h:

src/base/digest.h:

src/base/mem.h:

src/base/scale.h:
