build-clang/obj/src/provider/json_tree.o: src/provider/json_tree.c \
  src/provider/json_tree.h src/base/json_scan.h src/base/buf.h \
  src/base/mem.h src/base/text.h

src/provider/json_tree.h:

src/base/json_scan.h:

src/base/buf.h:

src/base/mem.h:

src/base/text.h:
