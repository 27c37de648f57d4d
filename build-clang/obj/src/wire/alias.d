build-clang/obj/src/wire/alias.o: src/wire/alias.c src/wire/alias.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/wire/settings.h \
  src/base/digest.h src/base/mem.h src/provider/identifier.h \
  src/provider/request.h src/provider/own_id.h src/wire/endpoint.h \
  src/wire/credential.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/hints.h src/provider/outcome.h

src/wire/alias.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/wire/settings.h:

src/base/digest.h:

src/base/mem.h:

src/provider/identifier.h:

src/provider/request.h:

src/provider/own_id.h:

src/wire/endpoint.h:

src/wire/credential.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/provider/outcome.h:
