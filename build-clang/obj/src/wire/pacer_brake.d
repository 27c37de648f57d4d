build-clang/obj/src/wire/pacer_brake.o: src/wire/pacer_brake.c \
  src/wire/pacer_brake.h

src/wire/pacer_brake.h:
