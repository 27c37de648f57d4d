/* The least that libcurl's multi interface needs to send one DELETE per id: what rescind is
 * measured against. No journal, no pacing, no retries, no look at the answer beyond its status.
 *
 *   bare_loop URL_PREFIX IDS IN_FLIGHT CONNECTIONS [CA_FILE]
 *
 * IDS is a file of one id a line; each request goes to URL_PREFIX followed by an id. A fixed pool
 * of IN_FLIGHT handles, everything set once, per request only the URL; never more handles in the
 * multi than can run. With https and HTTP/2, CONNECTIONS are shared by PIPEWAIT.
 * Prints "DONE SECONDS": how many were answered with 200, in how long. */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POOL_MAX = 1024, URL_MAX = 512, LINE_MAX_BYTES = 256 };

struct slot {
    CURL *easy;
    char url[URL_MAX];
};

static void die(const char *what)
{
    fprintf(stderr, "bare_loop: %s\n", what);
    exit(1);
}

static size_t discard(char *bytes, size_t size, size_t count, void *at)
{
    (void)bytes;
    (void)at;
    return size * count;
}

static CURL *prepare(struct slot *slot, struct curl_slist *headers, const char *ca_file)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        die("no handle");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    return easy;
}

/* Puts the next id's request into the multi; 0 at the end of the ids. */
static int start(CURLM *multi, struct slot *slot, const char *prefix, FILE *ids)
{
    char line[LINE_MAX_BYTES];
    if (!fgets(line, sizeof line, ids))
        return 0;
    line[strcspn(line, "\r\n")] = '\0';
    snprintf(slot->url, sizeof slot->url, "%s%s", prefix, line);
    curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url);
    if (curl_multi_add_handle(multi, slot->easy) != CURLM_OK)
        die("cannot add a handle");
    return 1;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Takes what is finished out of the multi and puts the next in. Returns how many were 200. */
static unsigned long turn_over(CURLM *multi, const char *prefix, FILE *ids,
                               unsigned long *in_flight)
{
    unsigned long done = 0;
    struct CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(multi, &left))) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        CURL *easy = msg->easy_handle;
        long status = 0;
        struct slot *slot;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        done += msg->data.result == CURLE_OK && status == 200;
        curl_multi_remove_handle(multi, easy);
        if (!start(multi, slot, prefix, ids))
            --*in_flight;
    }
    return done;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        die("usage: bare_loop URL_PREFIX IDS IN_FLIGHT CONNECTIONS [CA_FILE]");
    static struct slot pool[POOL_MAX];
    FILE *ids = fopen(argv[2], "r");
    unsigned long size = strtoul(argv[3], NULL, 10), in_flight = 0, done = 0;
    long connections = strtol(argv[4], NULL, 10);
    if (!ids || size < 1 || size > POOL_MAX || connections < 1)
        die("no ids, or too many in flight");

    double began = seconds();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
    struct curl_slist *headers = curl_slist_append(NULL, "Authorization: Bearer sk-or-v1-bench");
    headers = curl_slist_append(headers, "Accept: application/json");

    for (unsigned long i = 0; i < size; i++) {
        pool[i].easy = prepare(&pool[i], headers, argc > 5 ? argv[5] : NULL);
        in_flight += (unsigned long)start(multi, &pool[i], argv[1], ids);
    }
    while (in_flight) {
        int running;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            die("perform failed");
        done += turn_over(multi, argv[1], ids, &in_flight);
        if (in_flight && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
            die("poll failed");
    }
    printf("%lu %.6f\n", done, seconds() - began);

    for (unsigned long i = 0; i < size; i++)
        curl_easy_cleanup(pool[i].easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    fclose(ids);
    return 0;
}
