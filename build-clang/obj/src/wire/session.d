build-clang/obj/src/wire/session.o: src/wire/session.c src/wire/session.h \
  src/base/rng.h src/journal/journal.h src/journal/ledger.h \
  src/journal/eyes.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h \
  src/wire/credential.h src/wire/endings.h src/wire/settings.h \
  src/wire/view.h src/wire/alias.h src/wire/http.h src/wire/messages.h \
  src/provider/verdict.h src/provider/answer.h src/provider/hints.h \
  src/wire/trace.h src/base/clock.h src/base/stops.h src/base/text.h

src/wire/session.h:

src/base/rng.h:

src/journal/journal.h:

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

src/wire/endings.h:

src/wire/settings.h:

src/wire/view.h:

src/wire/alias.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/trace.h:

src/base/clock.h:

src/base/stops.h:

src/base/text.h:
