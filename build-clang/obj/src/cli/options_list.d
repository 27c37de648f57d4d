build-clang/obj/src/cli/options_list.o: src/cli/options_list.c \
  src/cli/options_list.h src/cli/options_values.h src/cli/options.h \
  src/base/error.h src/base/exits.h src/manifest/manifest.h \
  src/manifest/source.h src/base/scale.h src/manifest/targets.h \
  src/provider/definition.h src/base/buf.h src/provider/filter.h \
  src/provider/keylist.h src/provider/list_walk.h src/wire/settings.h \
  src/base/clock.h src/base/text.h

src/cli/options_list.h:

src/cli/options_values.h:

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

src/base/clock.h:

src/base/text.h:
