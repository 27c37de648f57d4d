#include "wire/stream_end.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* nghttp2.h's own words, as far as they are needed; the library's interface is stable (SONAME 14).
 * Every frame begins with this. */
struct frame_head {
    size_t length;
    int32_t stream_id;
    uint8_t type, flags, reserved;
};
enum { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_RST_STREAM = 3, FLAG_END_STREAM = 1 };

typedef int frame_taker(void *session, const struct frame_head *frame, void *user);
typedef void taker_setter(void *callbacks, frame_taker *taker);
typedef void *user_data_getter(void *session, int32_t stream_id);

static frame_taker *next_taker;
static user_data_getter *stream_user;
static void (*tell)(void *easy, bool reset);

/* ISO C has no way from void * to a function. */
static void *find(void *where, const char *name, void *function, size_t size)
{
    void *found = dlsym(where, name);
    memcpy(function, &found, size);
    return found;
}

static int take_frame(void *session, const struct frame_head *frame, void *user)
{
    bool carries = frame->type == FRAME_DATA || frame->type == FRAME_HEADERS;
    bool ended = carries && (frame->flags & FLAG_END_STREAM),
         reset = frame->type == FRAME_RST_STREAM;
    if (tell && frame->stream_id && (ended || reset)) {
        void *easy = stream_user(session, frame->stream_id);
        if (easy)
            tell(easy, reset);
    }
    return next_taker(session, frame, user);
}

void nghttp2_session_callbacks_set_on_frame_recv_callback(void *callbacks, frame_taker *taker);
void nghttp2_session_callbacks_set_on_frame_recv_callback(void *callbacks, frame_taker *taker)
{
    taker_setter *set = NULL;
    if (!find(RTLD_NEXT, __func__, &set, sizeof set))
        return;
    next_taker = taker;
    set(callbacks, take_frame);
}

void stream_end_tell(void (*ended)(void *easy, bool reset))
{
    tell = ended;
}

bool stream_end_works(void)
{
    static const char setter[] = "nghttp2_session_callbacks_set_on_frame_recv_callback";
    taker_setter *first = NULL, *next = NULL;
    return find(RTLD_DEFAULT, setter, &first, sizeof first) &&
           first == (taker_setter *)nghttp2_session_callbacks_set_on_frame_recv_callback &&
           find(RTLD_NEXT, setter, &next, sizeof next) &&
           find(RTLD_DEFAULT, "nghttp2_session_get_stream_user_data", &stream_user,
                sizeof stream_user);
}
