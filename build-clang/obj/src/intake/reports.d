build-clang/obj/src/intake/reports.o: src/intake/reports.c \
  src/intake/reports.h src/base/buf.h

src/intake/reports.h:

src/base/buf.h:
