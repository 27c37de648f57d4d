build-clang/obj/src/wire/sharing.o: src/wire/sharing.c src/wire/sharing.h \
  src/wire/neighbours.h src/wire/pacer.h src/journal/pace.h \
  src/wire/pacer_state.h src/base/rng.h src/wire/pacer_brake.h

src/wire/sharing.h:

src/wire/neighbours.h:

src/wire/pacer.h:

src/journal/pace.h:

src/wire/pacer_state.h:

src/base/rng.h:

src/wire/pacer_brake.h:
