build-clang/obj/src/cli/conduct.o: src/cli/conduct.c src/cli/conduct.h \
  src/cli/prepare.h src/cli/options.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/journal/journal.h src/journal/ledger.h \
  src/journal/eyes.h src/journal/holds.h src/journal/record.h \
  src/journal/pace.h src/journal/rotations.h src/provider/outcome.h \
  src/journal/runs.h src/journal/slices.h src/journal/verifications.h \
  src/wire/session.h src/base/rng.h src/wire/credential.h \
  src/wire/endings.h src/wire/view.h src/cli/progress.h src/base/clock.h \
  src/base/durable.h src/base/stops.h src/report/metrics.h \
  src/report/report.h src/report/kinds.h src/report/summary.h \
  src/run/check.h src/run/runner.h src/wire/http.h src/wire/messages.h \
  src/provider/verdict.h src/provider/answer.h src/provider/hints.h \
  src/wire/looker.h

src/cli/conduct.h:

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

src/wire/session.h:

src/base/rng.h:

src/wire/credential.h:

src/wire/endings.h:

src/wire/view.h:

src/cli/progress.h:

src/base/clock.h:

src/base/durable.h:

src/base/stops.h:

src/report/metrics.h:

src/report/report.h:

src/report/kinds.h:

src/report/summary.h:

src/run/check.h:

src/run/runner.h:

src/wire/http.h:

src/wire/messages.h:

src/provider/verdict.h:

src/provider/answer.h:

src/provider/hints.h:

src/wire/looker.h:
