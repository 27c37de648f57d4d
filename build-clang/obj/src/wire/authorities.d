build-clang/obj/src/wire/authorities.o: src/wire/authorities.c \
  src/wire/authorities.h src/base/error.h src/base/exits.h

src/wire/authorities.h:

src/base/error.h:

src/base/exits.h:
