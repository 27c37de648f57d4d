build-clang/obj/src/rotate/handover_file.o: src/rotate/handover_file.c \
  src/rotate/handover.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/base/durable.h \
  src/base/mem.h src/provider/own_id.h

src/rotate/handover.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/base/durable.h:

src/base/mem.h:

src/provider/own_id.h:
