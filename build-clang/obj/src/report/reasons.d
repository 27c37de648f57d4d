build-clang/obj/src/report/reasons.o: src/report/reasons.c \
  src/report/reasons.h src/provider/outcome.h src/base/buf.h \
  src/base/hash.h src/base/mem.h

src/report/reasons.h:

src/provider/outcome.h:

src/base/buf.h:

src/base/hash.h:

src/base/mem.h:
