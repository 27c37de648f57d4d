build-clang/obj/src/rotate/handover_command.o: \
  src/rotate/handover_command.c src/rotate/handover.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/base/clock.h src/base/descriptors.h src/base/mem.h

src/rotate/handover.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/base/clock.h:

src/base/descriptors.h:

src/base/mem.h:
