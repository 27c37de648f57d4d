build-clang/obj/src/wire/pacer_search.o: src/wire/pacer_search.c \
  src/wire/pacer_search.h src/wire/pacer_state.h src/base/rng.h \
  src/wire/pacer_brake.h src/wire/pacer_terms.h

src/wire/pacer_search.h:

src/wire/pacer_state.h:

src/base/rng.h:

src/wire/pacer_brake.h:

src/wire/pacer_terms.h:
