build-clang/obj/src/rotate/rotate_make.o: src/rotate/rotate_make.c \
  src/rotate/rotate_make.h src/rotate/rotate_turn.h \
  src/rotate/handover.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/rotate/rotate_steps.h \
  src/journal/rotations.h src/wire/firsts.h src/wire/lister.h \
  src/provider/keylist.h src/provider/list_walk.h src/wire/read.h \
  src/wire/wire.h src/provider/request.h src/wire/endpoint.h \
  src/wire/credential.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/hints.h src/provider/outcome.h src/wire/settings.h \
  src/wire/health.h src/base/rng.h src/wire/pacer.h src/journal/pace.h \
  src/wire/pacer_state.h src/wire/pacer_brake.h src/wire/session.h \
  src/journal/journal.h src/journal/ledger.h src/journal/eyes.h \
  src/journal/holds.h src/journal/record.h src/journal/runs.h \
  src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/wire/endings.h src/wire/view.h \
  src/wire/sharing.h src/wire/neighbours.h src/wire/guards.h \
  src/wire/survey.h src/provider/condition.h src/provider/identifier.h \
  src/provider/own_id.h src/rotate/rotate_mark.h src/base/clock.h \
  src/base/mem.h

src/rotate/rotate_make.h:

src/rotate/rotate_turn.h:

src/rotate/handover.h:

src/base/error.h:

src/base/exits.h:

src/provider/definition.h:

src/base/buf.h:

src/rotate/rotate_steps.h:

src/journal/rotations.h:

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

src/provider/outcome.h:

src/wire/settings.h:

src/wire/health.h:

src/base/rng.h:

src/wire/pacer.h:

src/journal/pace.h:

src/wire/pacer_state.h:

src/wire/pacer_brake.h:

src/wire/session.h:

src/journal/journal.h:

src/journal/ledger.h:

src/journal/eyes.h:

src/journal/holds.h:

src/journal/record.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/wire/endings.h:

src/wire/view.h:

src/wire/sharing.h:

src/wire/neighbours.h:

src/wire/guards.h:

src/wire/survey.h:

src/provider/condition.h:

src/provider/identifier.h:

src/provider/own_id.h:

src/rotate/rotate_mark.h:

src/base/clock.h:

src/base/mem.h:
