build-clang/obj/src/report/html_course.o: src/report/html_course.c \
  src/report/html_course.h src/report/timeline.h src/report/model.h \
  src/report/reasons.h src/provider/outcome.h src/report/report.h \
  src/journal/ledger.h src/journal/eyes.h src/base/error.h \
  src/base/exits.h src/provider/definition.h src/base/buf.h \
  src/journal/holds.h src/journal/record.h src/journal/pace.h \
  src/journal/rotations.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h src/report/kinds.h \
  src/report/html_plot.h src/report/course.h src/report/html_text.h \
  src/base/clock.h src/base/mem.h src/base/text.h

src/report/html_course.h:

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

src/report/html_plot.h:

src/report/course.h:

src/report/html_text.h:

src/base/clock.h:

src/base/mem.h:

src/base/text.h:
