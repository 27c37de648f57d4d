build-clang/obj/src/report/write_html.o: src/report/write_html.c \
  src/report/html_charts.h src/report/timeline.h src/report/model.h \
  src/report/reasons.h src/provider/outcome.h src/report/report.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h src/report/kinds.h \
  src/report/html_course.h src/report/html_facts.h \
  src/report/html_remaining.h src/report/html_text.h \
  src/report/html_verified.h src/report/report_forms.h src/report/sink.h \
  src/base/durable.h src/report/seen_by.h src/base/clock.h \
  src/base/text.h

src/report/html_charts.h:

src/report/timeline.h:

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

src/report/html_course.h:

src/report/html_facts.h:

src/report/html_remaining.h:

src/report/html_text.h:

src/report/html_verified.h:

src/report/report_forms.h:

src/report/sink.h:

src/base/durable.h:

src/report/seen_by.h:

src/base/clock.h:

src/base/text.h:
