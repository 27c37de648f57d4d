#include "wire/authorities.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not that of a pipe, which could be read only once. */
static int check_file(const char *path, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, EXIT_NOINPUT, "cannot read the CA file %s:", path);
    int bad = fstat(fd, &st);
    close(fd);
    if (bad || !S_ISREG(st.st_mode))
        return error_set(err, EXIT_NOINPUT, "the CA file %s is not a regular file", path);
    return 0;
}

int authorities_check(const char *path, struct error *err)
{
    if (check_file(path, err) != 0)
        return -1;
    X509_STORE *store = X509_STORE_new();
    bool good = store && X509_STORE_load_locations(store, path, NULL) == 1;
    X509_STORE_free(store);
    ERR_clear_error();
    if (good)
        return 0;
    return error_set(err, EXIT_NOINPUT,
                     "the CA file %s holds no certificate that can be read: PEM is wanted "
                     "(-----BEGIN CERTIFICATE-----)",
                     path);
}
