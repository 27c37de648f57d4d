build-clang/obj/src/cli/estimate.o: src/cli/estimate.c src/cli/estimate.h \
  src/cli/prepare.h src/cli/options.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/journal/journal.h src/journal/ledger.h \
  src/journal/eyes.h src/journal/holds.h src/journal/record.h \
  src/journal/pace.h src/journal/rotations.h src/provider/outcome.h \
  src/journal/runs.h src/journal/slices.h src/journal/verifications.h \
  src/cli/commands.h src/base/mem.h src/base/text.h src/wire/endpoint.h \
  src/wire/credential.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/hints.h src/wire/pacer_search.h src/wire/pacer_state.h \
  src/base/rng.h src/wire/pacer_brake.h src/wire/told.h src/wire/wire.h \
  src/provider/request.h src/wire/health.h src/wire/pacer.h \
  src/wire/session.h src/wire/endings.h src/wire/view.h \
  src/wire/sharing.h src/wire/neighbours.h

src/cli/estimate.h:

src/cli/prepare.h:

src/cli/options.h:

src/base/error.h:

src/base/exits.h:

src/manifest/manifest.h:

src/manifest/source.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/provider/filter.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/wire/settings.h:

src/journal/journal.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/pace.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/cli/commands.h:

src/base/mem.h:

src/base/text.h:

src/wire/endpoint.h:

src/wire/credential.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/pacer_search.h:

src/wire/pacer_state.h:

src/base/rng.h:

src/wire/pacer_brake.h:

src/wire/told.h:

src/wire/wire.h:

src/provider/request.h:

src/wire/health.h:

src/wire/pacer.h:

src/wire/session.h:

src/wire/endings.h:

src/wire/view.h:

src/wire/sharing.h:

src/wire/neighbours.h:
