#include "sandbox/server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/admin.h"
#include "sandbox/timers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20, CUT_OFF = 32 };

/* Of a connection. One that only ever asked for /sandbox/ is not a client's. */
struct peer {
    uint32_t requests;
    bool client, counted;
};

/* Of a request, from its first line to the end of its answer. Kept for reuse. */
struct exchange {
    struct http *http;
    struct MHD_Connection *connection;
    struct exchange *next;
    char *uri;
    size_t uri_cap;
    bool begun, decided, admin;
    struct buf body;
    struct reply reply;
};

struct http {
    struct sandbox *s;
    struct http_options options;
    struct MHD_Daemon *daemon;
    struct exchange *spare;
    struct timers timers;
    uint64_t connections, admin_only;
    int epoll_fd, signal_fd;
    bool stopping; /* nobody is made to wait any more */
};

static struct exchange *exchange_new(struct http *h)
{
    struct exchange *x = h->spare;
    if (x)
        h->spare = x->next;
    else
        x = mem_zalloc(1, sizeof *x);
    x->http = h;
    x->begun = x->decided = x->admin = false;
    buf_clear(&x->body);
    reply_reset(&x->reply);
    return x;
}

static void exchange_free(struct exchange *x)
{
    buf_free(&x->body);
    reply_free(&x->reply);
    free(x->uri);
    free(x);
}

static struct peer *peer_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static int socket_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static void on_connection(void *at, struct MHD_Connection *c, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *h = at;
    (void)c;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        h->connections++;
        *context = mem_zalloc(1, sizeof(struct peer));
    } else {
        free(*context);
        *context = NULL;
    }
}

/* The request's target as it came: libmicrohttpd decodes what it hands to the handler, and %2F
 * would become a slash. */
static void *on_uri(void *at, const char *uri, struct MHD_Connection *c)
{
    struct exchange *x = exchange_new(at);
    size_t size = strlen(uri) + 1;
    if (size > x->uri_cap) {
        x->uri = mem_resize(x->uri, size, 1);
        x->uri_cap = size;
    }
    memcpy(x->uri, uri, size);
    x->connection = c;
    return x;
}

static const char *get_header(void *at, const char *name)
{
    return MHD_lookup_connection_value(at, MHD_HEADER_KIND, name);
}

static char *split_query(char *uri)
{
    char *mark = strchr(uri, '?');
    if (!mark)
        return uri + strlen(uri);
    *mark = '\0';
    return mark + 1;
}

/* A connection counts as a client's from its first request for anything but /sandbox/. */
static void count_peer(struct http *h, struct peer *p, bool admin)
{
    p->requests++;
    if (!p->counted && admin)
        h->admin_only++;
    else if (p->counted && !p->client && !admin)
        h->admin_only--;
    p->counted = true;
    p->client |= !admin;
}

static bool is_admin(const char *uri)
{
    return !strncmp(uri, "/sandbox/", 9) && strcmp(uri, "/sandbox/trap") != 0;
}

static struct MHD_Response *from_body(struct exchange *x)
{
    return MHD_create_response_from_buffer(x->reply.body.len, x->reply.body.data,
                                           MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result queue(struct exchange *x, struct MHD_Response *response)
{
    enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)x->reply.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_admin(struct exchange *x, const char *method)
{
    struct http *h = x->http;
    x->admin = true;
    split_query(x->uri);
    struct MHD_Response *response = admin_answer(h->s, x->connection, method, x->uri, &x->body,
                                                 h->connections - h->admin_only, &x->reply);
    if (!response)
        response = from_body(x);
    if (x->reply.type)
        MHD_add_response_header(response, "Content-Type", x->reply.type);
    return queue(x, response);
}

static ssize_t read_cut(void *at, uint64_t position, char *out, size_t max)
{
    const struct exchange *x = at;
    if (position >= x->reply.body.len)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = x->reply.body.len - position;
    n = n < max ? n : max;
    memcpy(out, x->reply.body.data + position, n);
    return (ssize_t)n;
}

/* An answer that a client cannot see: RFC 9293's reset, sent at once by dissolving the association
 * (connect(2), AF_UNSPEC), since a close after the shutdown that libmicrohttpd does first would be
 * seen as an orderly end. */
static void reset_connection(struct MHD_Connection *c)
{
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    int fd = socket_of(c);
    if (fd >= 0)
        (void)connect(fd, &none, sizeof none);
}

static enum MHD_Result deliver(struct exchange *x)
{
    struct http *h = x->http;
    struct reply *r = &x->reply;
    struct MHD_Response *response = NULL;
    sandbox_answering(h->s, r, clock_mono_us());
    if (r->how == DELIVER_RESET)
        reset_connection(x->connection);
    if (r->how == DELIVER_DROP || r->how == DELIVER_RESET)
        return MHD_NO;
    if (r->how == DELIVER_CUT) {
        r->status = r->status == 204 ? 200 : r->status;
        if (!r->body.len) /* libmicrohttpd 0.9.75 keeps a connection whose first read fails */
            buf_putc(&r->body, '{');
        response =
            MHD_create_response_from_callback(r->body.len + CUT_OFF, 4096, read_cut, x, NULL);
    } else {
        response = from_body(x);
    }
    if (r->type)
        MHD_add_response_header(response, "Content-Type", r->type);
    for (unsigned i = 0; i < r->headers; i++)
        MHD_add_response_header(response, r->header[i].name, r->header[i].value);
    struct peer *peer = peer_of(x->connection);
    if (h->options.requests_per_connection && peer &&
        peer->requests >= h->options.requests_per_connection)
        MHD_add_response_header(response, "Connection", "close");
    return queue(x, response);
}

static void decide(struct exchange *x, const char *method)
{
    struct http *h = x->http;
    struct incoming in = {.method = method,
                          .path = x->uri,
                          .body = buf_text(&x->body),
                          .body_len = x->body.len,
                          .header = get_header,
                          .at = x->connection,
                          .now_us = clock_mono_us(),
                          .wall_ms = clock_wall_ms()};
    in.query = split_query(x->uri);
    x->decided = true;
    if (!strcmp(x->uri, "/sandbox/trap")) {
        h->s->trapped++;
        forms_html(200, "This is a trap", &x->reply);
    } else {
        sandbox_handle(h->s, &in, &x->reply);
    }
    if (h->stopping)
        x->reply.delay_us = 0;
    if (x->reply.delay_us > 0) {
        MHD_suspend_connection(x->connection);
        timers_add(&h->timers, in.now_us + x->reply.delay_us, x);
    }
}

static enum MHD_Result on_request(void *at, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    struct exchange *x = *context;
    (void)url;
    (void)version;
    (void)c;
    if (!x->begun) {
        x->begun = true;
        return MHD_YES;
    }
    if (*size) {
        if (x->body.len + *size > BODY_MAX)
            return MHD_NO;
        buf_put(&x->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!x->decided) {
        bool admin = is_admin(x->uri);
        count_peer(at, peer_of(c), admin);
        if (admin) {
            x->decided = true;
            return answer_admin(x, method);
        }
        decide(x, method);
        if (x->reply.delay_us > 0)
            return MHD_YES;
    }
    return deliver(x);
}

static const char stray_answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                   "Content-Length: 16\r\n\r\n{\"deleted\":true}";

static enum truth_answer ended(const struct exchange *x, enum MHD_RequestTerminationCode code)
{
    if (!x->decided)
        return ANSWER_ABORTED;
    switch (x->reply.how) {
    case DELIVER_DROP:
        return ANSWER_DROPPED;
    case DELIVER_RESET:
        return ANSWER_RESET;
    case DELIVER_CUT:
        return ANSWER_CUT;
    case DELIVER_WHOLE:
    case DELIVER_STRAY:
        break;
    }
    return code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? ANSWER_SENT : ANSWER_ABORTED;
}

static void on_completed(void *at, struct MHD_Connection *c, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct http *h = at;
    struct exchange *x = *context;
    if (!x)
        return;
    *context = NULL;
    enum truth_answer how = ended(x, code);
    if (how == ANSWER_SENT && x->reply.how == DELIVER_STRAY && !h->options.tls_cert)
        (void)send(socket_of(c), stray_answer, sizeof stray_answer - 1,
                   MSG_NOSIGNAL | MSG_DONTWAIT);
    if (!x->admin)
        sandbox_answered(h->s, &x->reply, how);
    x->next = h->spare;
    h->spare = x;
}

/* As many connections as the process may have descriptors. */
static unsigned raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1000;
    limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    return (unsigned)limit.rlim_cur - 32;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static struct MHD_Daemon *start_daemon(struct http *h, unsigned connections)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(h->options.port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, h->options.tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, h->options.tls_key},
        {MHD_OPTION_END, 0, NULL},
    };
    if (h->options.tls_cert)
        flags |= MHD_USE_TLS;
    else
        tls[0] = tls[2];
    return MHD_start_daemon(flags, h->options.port, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR,
                            (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, connections,
                            MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_URI_LOG_CALLBACK,
                            on_uri, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
                            MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_ARRAY, tls,
                            MHD_OPTION_END);
}

struct http *http_start(struct sandbox *s, const struct http_options *o, struct error *err)
{
    struct http *h = mem_zalloc(1, sizeof *h);
    h->s = s;
    h->options = *o;
    h->signal_fd = open_signals();
    h->daemon = start_daemon(h, raise_files());
    if (!h->daemon) {
        error_set(err, EXIT_CANTCREATE, "cannot listen on port %u (is it in use%s?)", o->port,
                  o->tls_cert ? ", are certificate and key a pair" : "");
        close(h->signal_fd);
        free(h);
        return NULL;
    }
    h->epoll_fd = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    snprintf(s->origin, sizeof s->origin, "%s://127.0.0.1:%u", o->tls_cert ? "https" : "http",
             MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    return h;
}

static void resume_due(struct http *h, int64_t now)
{
    while (timers_next_us(&h->timers) <= now) {
        struct exchange *x = timers_take(&h->timers);
        MHD_resume_connection(x->connection);
    }
}

static void wait_for_work(struct http *h, struct pollfd fds[3])
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    int64_t us = 10000000, next = timers_next_us(&h->timers);
    if (next != INT64_MAX) {
        int64_t until = next - clock_mono_us();
        us = until < us ? until : us;
    }
    if (MHD_get_timeout(h->daemon, &ms) == MHD_YES && (int64_t)ms * 1000 < us)
        us = (int64_t)ms * 1000;
    us = us < 0 ? 0 : us;
    struct timespec span = {us / 1000000, us % 1000000 * 1000};
    (void)ppoll(fds, h->options.until_eof ? 3 : 2, &span, NULL);
}

static bool at_eof(const struct pollfd *fd)
{
    char ignored[256];
    if (!(fd->revents & (POLLIN | POLLHUP | POLLERR)))
        return false;
    ssize_t n = read(fd->fd, ignored, sizeof ignored);
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

void http_loop(struct http *h)
{
    struct pollfd fds[3] = {{.fd = h->epoll_fd, .events = POLLIN},
                            {.fd = h->signal_fd, .events = POLLIN},
                            {.fd = STDIN_FILENO, .events = POLLIN}};
    do {
        resume_due(h, clock_mono_us());
        MHD_run(h->daemon);
        fds[2].revents = 0;
        wait_for_work(h, fds);
    } while (!(fds[1].revents & POLLIN) && !(h->options.until_eof && at_eof(&fds[2])));
}

void http_stop(struct http *h)
{
    h->stopping = true;
    resume_due(h, INT64_MAX - 1);
    MHD_run(h->daemon);
    MHD_stop_daemon(h->daemon);
    close(h->signal_fd);
    timers_free(&h->timers);
    while (h->spare) {
        struct exchange *x = h->spare;
        h->spare = x->next;
        exchange_free(x);
    }
    free(h);
}
