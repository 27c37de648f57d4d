build-clang/obj/src/intake/taker.o: src/intake/taker.c src/intake/taker.h \
  src/intake/finder.h src/intake/judge.h src/intake/shapes.h \
  src/provider/definition.h src/base/buf.h src/base/error.h \
  src/base/exits.h src/provider/rawkey.h src/intake/stride.h \
  src/base/scale.h src/intake/finds.h src/intake/places.h \
  src/manifest/targets.h src/intake/leftovers.h src/intake/listed.h \
  src/manifest/manifest.h src/manifest/source.h src/intake/edges.h \
  src/base/locked.h src/base/mem.h src/provider/own_id.h

src/intake/taker.h:

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

src/intake/edges.h:

src/base/locked.h:

src/base/mem.h:

src/provider/own_id.h:
