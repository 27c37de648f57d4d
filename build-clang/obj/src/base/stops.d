build-clang/obj/src/base/stops.o: src/base/stops.c src/base/stops.h

src/base/stops.h:
