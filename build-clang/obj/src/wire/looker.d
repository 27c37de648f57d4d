build-clang/obj/src/wire/looker.o: src/wire/looker.c src/wire/looker.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/wire/credential.h src/wire/settings.h \
  src/base/digest.h src/base/mem.h src/provider/request.h \
  src/wire/endpoint.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/hints.h

src/wire/looker.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/wire/credential.h:

src/wire/settings.h:

src/base/digest.h:

src/base/mem.h:

src/provider/request.h:

src/wire/endpoint.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:
