build-clang/obj/src/provider/pages_left.o: src/provider/pages_left.c \
  src/provider/pages_left.h src/provider/definition.h src/base/buf.h \
  src/base/error.h src/base/exits.h src/provider/member_name.h \
  src/base/text.h

src/provider/pages_left.h:

src/provider/definition.h:

src/base/buf.h:

src/base/error.h:

src/base/exits.h:

src/provider/member_name.h:

src/base/text.h:
