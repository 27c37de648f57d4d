build-clang/obj/src/wire/growth.o: src/wire/growth.c src/wire/growth.h

src/wire/growth.h:
