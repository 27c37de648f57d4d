build-clang/obj/src/wire/health.o: src/wire/health.c src/wire/health.h \
  src/base/rng.h

src/wire/health.h:

src/base/rng.h:
