build-clang/obj/src/cli/output.o: src/cli/output.c src/cli/output.h

src/cli/output.h:
