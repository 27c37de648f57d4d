build-clang/obj/src/cli/options_text.o: src/cli/options_text.c \
  src/cli/options_table.h src/cli/options.h src/base/error.h \
  src/base/exits.h src/manifest/manifest.h src/manifest/source.h \
  src/base/scale.h src/manifest/targets.h src/provider/definition.h \
  src/base/buf.h src/provider/filter.h src/provider/keylist.h \
  src/provider/list_walk.h src/wire/settings.h src/cli/options_values.h \
  src/base/mem.h

src/cli/options_table.h:

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

src/cli/options_values.h:

src/base/mem.h:
