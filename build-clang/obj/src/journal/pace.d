build-clang/obj/src/journal/pace.o: src/journal/pace.c src/journal/pace.h

src/journal/pace.h:
