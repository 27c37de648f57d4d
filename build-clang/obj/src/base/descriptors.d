build-clang/obj/src/base/descriptors.o: src/base/descriptors.c \
  src/base/descriptors.h

src/base/descriptors.h:
