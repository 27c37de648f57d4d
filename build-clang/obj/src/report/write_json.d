build-clang/obj/src/report/write_json.o: src/report/write_json.c \
  src/report/report_forms.h src/report/model.h src/report/reasons.h \
  src/provider/outcome.h src/report/report.h src/journal/ledger.h \
  src/journal/eyes.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/journal/runs.h src/journal/slices.h src/journal/verifications.h \
  src/manifest/targets.h src/report/kinds.h src/report/sink.h \
  src/base/durable.h src/report/seen_by.h src/report/timeline.h \
  src/base/clock.h

src/report/report_forms.h:

src/report/model.h:

src/report/reasons.h:

src/provider/outcome.h:

src/report/report.h:

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

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/report/kinds.h:

src/report/sink.h:

src/base/durable.h:

src/report/seen_by.h:

src/report/timeline.h:

src/base/clock.h:
