build-clang/obj/src/intake/listed.o: src/intake/listed.c \
  src/intake/listed.h src/manifest/manifest.h src/manifest/source.h \
  src/base/error.h src/base/exits.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/base/buf.h \
  src/intake/records.h src/base/mem.h src/provider/identifier.h \
  src/provider/request.h src/provider/secret_hint.h \
  src/provider/keylist.h src/provider/list_walk.h

src/intake/listed.h:

src/manifest/manifest.h:

src/manifest/source.h:

src/base/error.h:

src/base/exits.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/base/buf.h:

src/intake/records.h:

src/base/mem.h:

src/provider/identifier.h:

src/provider/request.h:

src/provider/secret_hint.h:

src/provider/keylist.h:

src/provider/list_walk.h:
