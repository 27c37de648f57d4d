build-clang/obj/src/report/html_style.o: src/report/html_style.c \
  src/report/html_text.h src/base/buf.h

src/report/html_text.h:

src/base/buf.h:
