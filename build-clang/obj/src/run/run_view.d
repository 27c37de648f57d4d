build-clang/obj/src/run/run_view.o: src/run/run_view.c src/run/run_view.h \
  src/journal/pace.h src/run/parts.h src/journal/evidence.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h src/run/queue.h \
  src/wire/firsts.h src/wire/lister.h src/provider/keylist.h \
  src/provider/list_walk.h src/wire/read.h src/wire/wire.h \
  src/provider/request.h src/wire/endpoint.h src/wire/credential.h \
  src/wire/headers.h src/wire/http.h src/wire/messages.h \
  src/provider/verdict.h src/provider/answer.h src/provider/hints.h \
  src/wire/settings.h src/wire/health.h src/base/rng.h src/wire/pacer.h \
  src/wire/pacer_state.h src/wire/pacer_brake.h src/wire/session.h \
  src/journal/journal.h src/wire/endings.h src/wire/view.h \
  src/wire/sharing.h src/wire/neighbours.h src/wire/guards.h \
  src/wire/recheck.h src/wire/survey.h src/run/pass.h src/base/text.h \
  src/wire/pacer_search.h

src/run/run_view.h:

src/journal/pace.h:

src/run/parts.h:

src/journal/evidence.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/rotations.h:

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/run/queue.h:

src/wire/firsts.h:

src/wire/lister.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/wire/read.h:

src/wire/wire.h:

src/provider/request.h:

src/wire/endpoint.h:

src/wire/credential.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/settings.h:

src/wire/health.h:

src/base/rng.h:

src/wire/pacer.h:

src/wire/pacer_state.h:

src/wire/pacer_brake.h:

src/wire/session.h:

src/journal/journal.h:

src/wire/endings.h:

src/wire/view.h:

src/wire/sharing.h:

src/wire/neighbours.h:

src/wire/guards.h:

src/wire/recheck.h:

src/wire/survey.h:

src/run/pass.h:

src/base/text.h:

src/wire/pacer_search.h:
