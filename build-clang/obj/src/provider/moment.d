build-clang/obj/src/provider/moment.o: src/provider/moment.c \
  src/provider/moment.h src/provider/date.h src/base/clock.h \
  src/base/text.h

src/provider/moment.h:

src/provider/date.h:

src/base/clock.h:

src/base/text.h:
