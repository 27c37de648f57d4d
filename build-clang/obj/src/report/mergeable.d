build-clang/obj/src/report/mergeable.o: src/report/mergeable.c \
  src/report/mergeable.h src/report/report.h src/journal/ledger.h \
  src/journal/eyes.h src/base/error.h src/base/exits.h \
  src/provider/definition.h src/base/buf.h src/journal/holds.h \
  src/journal/record.h src/journal/pace.h src/journal/rotations.h \
  src/provider/outcome.h src/journal/runs.h src/journal/slices.h \
  src/journal/verifications.h src/manifest/targets.h src/report/kinds.h \
  src/report/model.h src/report/reasons.h

src/report/mergeable.h:

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

src/provider/outcome.h:

src/journal/runs.h:

src/journal/slices.h:

src/journal/verifications.h:

src/manifest/targets.h:

src/report/kinds.h:

src/report/model.h:

src/report/reasons.h:
