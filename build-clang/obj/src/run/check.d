build-clang/obj/src/run/check.o: src/run/check.c src/run/check.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/wire/credential.h src/wire/settings.h \
  src/base/mem.h src/journal/evidence.h src/wire/endpoint.h \
  src/wire/headers.h src/wire/http.h src/wire/messages.h \
  src/provider/verdict.h src/provider/answer.h src/provider/hints.h \
  src/wire/looker.h

src/run/check.h:

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

src/base/mem.h:

src/journal/evidence.h:

src/wire/endpoint.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/looker.h:
