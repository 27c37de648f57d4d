build-clang/obj/src/cli/cmd_probe.o: src/cli/cmd_probe.c \
  src/cli/commands.h src/cli/options.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/cli/prepare.h src/journal/journal.h \
  src/journal/ledger.h src/journal/eyes.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/cli/scopes.h src/base/mem.h \
  src/provider/identifier.h src/provider/request.h src/wire/endpoint.h \
  src/wire/credential.h src/wire/headers.h src/wire/http.h \
  src/wire/messages.h src/provider/verdict.h src/provider/answer.h \
  src/provider/hints.h src/wire/prober.h src/wire/lister.h \
  src/wire/read.h src/wire/wire.h src/wire/health.h src/base/rng.h \
  src/wire/pacer.h src/wire/pacer_state.h src/wire/pacer_brake.h \
  src/wire/session.h src/wire/endings.h src/wire/view.h \
  src/wire/sharing.h src/wire/neighbours.h

src/cli/commands.h:

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

src/cli/prepare.h:

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

src/cli/scopes.h:

src/base/mem.h:

src/provider/identifier.h:

src/provider/request.h:

src/wire/endpoint.h:

src/wire/credential.h:

src/wire/headers.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/prober.h:

src/wire/lister.h:

src/wire/read.h:

src/wire/wire.h:

src/wire/health.h:

src/base/rng.h:

src/wire/pacer.h:

src/wire/pacer_state.h:

src/wire/pacer_brake.h:

src/wire/session.h:

src/wire/endings.h:

src/wire/view.h:

src/wire/sharing.h:

src/wire/neighbours.h:
