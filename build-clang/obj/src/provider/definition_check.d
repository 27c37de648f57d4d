build-clang/obj/src/provider/definition_check.o: \
  src/provider/definition_check.c src/provider/definition_check.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/condition.h \
  src/provider/definition_requests.h src/provider/request.h

src/provider/definition_check.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/condition.h:

src/provider/definition_requests.h:

src/provider/request.h:
