build-clang/obj/src/provider/own_id.o: src/provider/own_id.c \
  src/provider/own_id.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/condition.h \
  src/provider/identifier.h src/provider/request.h src/base/base64.h \
  src/base/digest.h src/base/mem.h

src/provider/own_id.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/identifier.h:

src/provider/request.h:

src/base/base64.h:

src/base/digest.h:

src/base/mem.h:
