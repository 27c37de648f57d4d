build-clang/obj/src/wire/told.o: src/wire/told.c src/wire/told.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/provider/outcome.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/provider/hints.h src/wire/endpoint.h \
  src/wire/credential.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/wire/settings.h src/base/clock.h src/base/text.h src/wire/looker.h

src/wire/told.h:

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

src/provider/hints.h:

src/wire/endpoint.h:

src/wire/credential.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/wire/settings.h:

src/base/clock.h:

src/base/text.h:

src/wire/looker.h:
