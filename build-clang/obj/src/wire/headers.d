build-clang/obj/src/wire/headers.o: src/wire/headers.c src/wire/headers.h \
  src/wire/credential.h src/base/error.h src/base/exits.h \
  src/wire/http.h src/wire/messages.h src/provider/verdict.h \
  src/provider/answer.h src/provider/definition.h src/base/buf.h \
  src/provider/hints.h src/provider/outcome.h src/base/base64.h \
  src/base/mem.h src/provider/request.h

src/wire/headers.h:

src/wire/credential.h:

src/base/error.h:

src/base/exits.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/hints.h:

src/provider/outcome.h:

src/base/base64.h:

src/base/mem.h:

src/provider/request.h:
