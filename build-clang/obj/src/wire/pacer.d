build-clang/obj/src/wire/pacer.o: src/wire/pacer.c src/wire/pacer.h \
  src/journal/pace.h src/wire/pacer_state.h src/base/rng.h \
  src/wire/pacer_brake.h src/wire/pacer_search.h src/wire/pacer_terms.h \
  src/wire/pacer_wall.h

src/wire/pacer.h:

src/journal/pace.h:

src/wire/pacer_state.h:

src/base/rng.h:

src/wire/pacer_brake.h:

src/wire/pacer_search.h:

src/wire/pacer_terms.h:

src/wire/pacer_wall.h:
