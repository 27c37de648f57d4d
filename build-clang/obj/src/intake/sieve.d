build-clang/obj/src/intake/sieve.o: src/intake/sieve.c src/intake/sieve.h \
  src/base/mem.h

src/intake/sieve.h:

src/base/mem.h:
