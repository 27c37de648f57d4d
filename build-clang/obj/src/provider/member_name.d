build-clang/obj/src/provider/member_name.o: src/provider/member_name.c \
  src/provider/member_name.h

src/provider/member_name.h:
