build-clang/obj/src/base/runtime_dir.o: src/base/runtime_dir.c \
  src/base/runtime_dir.h src/base/buf.h

src/base/runtime_dir.h:

src/base/buf.h:
