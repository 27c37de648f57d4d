build-clang/obj/src/wire/endpoint.o: src/wire/endpoint.c \
  src/wire/endpoint.h src/wire/credential.h src/base/error.h \
  src/base/exits.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/definition.h src/base/buf.h src/provider/hints.h \
  src/provider/outcome.h src/wire/settings.h src/base/mem.h \
  src/provider/request.h src/wire/authorities.h

src/wire/endpoint.h:

src/wire/credential.h:

src/base/error.h:

src/base/exits.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/hints.h:

src/provider/outcome.h:

src/wire/settings.h:

src/base/mem.h:

src/provider/request.h:

src/wire/authorities.h:
