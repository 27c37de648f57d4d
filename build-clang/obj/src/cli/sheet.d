build-clang/obj/src/cli/sheet.o: src/cli/sheet.c src/cli/sheet.h \
  src/base/buf.h src/base/error.h src/base/exits.h \
  src/manifest/manifest.h src/manifest/source.h src/base/scale.h \
  src/manifest/targets.h src/provider/definition.h src/cli/options.h \
  src/provider/filter.h src/provider/keylist.h src/provider/list_walk.h \
  src/wire/settings.h src/cli/output.h src/base/durable.h \
  src/base/text.h src/provider/identifier.h src/provider/request.h

src/cli/sheet.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/manifest/manifest.h:

src/manifest/source.h:

src/base/scale.h:

src/manifest/targets.h:

src/provider/definition.h:

src/cli/options.h:

src/provider/filter.h:

src/provider/keylist.h:

src/provider/list_walk.h:

src/wire/settings.h:

src/cli/output.h:

src/base/durable.h:

src/base/text.h:

src/provider/identifier.h:

src/provider/request.h:
