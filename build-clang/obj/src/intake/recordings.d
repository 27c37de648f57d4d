build-clang/obj/src/intake/recordings.o: src/intake/recordings.c \
  src/intake/recordings.h src/intake/reports.h src/base/buf.h \
  src/intake/taker.h src/intake/finder.h src/intake/judge.h \
  src/intake/shapes.h src/provider/definition.h src/base/error.h \
  src/base/exits.h src/provider/rawkey.h src/intake/stride.h \
  src/base/scale.h src/intake/finds.h src/intake/places.h \
  src/manifest/targets.h src/intake/leftovers.h src/intake/listed.h \
  src/manifest/manifest.h src/manifest/source.h src/intake/records.h \
  src/base/hex.h src/base/locked.h src/base/mem.h \
  src/provider/identifier.h src/provider/request.h

src/intake/recordings.h:

src/intake/reports.h:

src/base/buf.h:

src/intake/taker.h:

src/intake/finder.h:

src/intake/judge.h:

src/intake/shapes.h:

src/provider/definition.h:

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

src/intake/records.h:

src/base/hex.h:

src/base/locked.h:

src/base/mem.h:

src/provider/identifier.h:

src/provider/request.h:
