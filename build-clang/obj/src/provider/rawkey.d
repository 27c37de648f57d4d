build-clang/obj/src/provider/rawkey.o: src/provider/rawkey.c \
  src/provider/rawkey.h

src/provider/rawkey.h:
