build-clang/obj/src/intake/intake.o: src/intake/intake.c \
  src/intake/intake.h src/intake/finder.h src/intake/judge.h \
  src/intake/shapes.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/rawkey.h \
  src/intake/stride.h src/base/scale.h src/intake/finds.h \
  src/intake/places.h src/manifest/targets.h src/intake/leftovers.h \
  src/intake/listed.h src/manifest/manifest.h src/manifest/source.h \
  src/intake/recordings.h src/intake/reports.h src/intake/taker.h \
  src/intake/stream.h src/intake/walk.h src/base/mem.h src/base/text.h \
  src/provider/identifier.h src/provider/request.h

src/intake/intake.h:

src/intake/finder.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/rawkey.h:

src/intake/stride.h:

src/base/scale.h:

src/intake/finds.h:

src/intake/places.h:

src/manifest/targets.h:

src/intake/leftovers.h:

src/intake/listed.h:

src/manifest/manifest.h:

src/manifest/source.h:

src/intake/recordings.h:

src/intake/reports.h:

src/intake/taker.h:

src/intake/stream.h:

src/intake/walk.h:

src/base/mem.h:

src/base/text.h:

src/provider/identifier.h:

src/provider/request.h:
