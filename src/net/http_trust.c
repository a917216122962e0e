#include "net/http_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/io.h"

#define PEM_BYTES_MAX (16 << 20)
#define TRUST_CACHE_S 3600

static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int read_cafile(const char *cafile, struct buf *pem, struct err *e)
{
	int rc = io_read_file(AT_FDCWD, cafile, pem, PEM_BYTES_MAX);

	if (rc < 0)
		return err_set(e, rc, "the certificates in '%s' cannot be read: %s", cafile, strerror(-rc));
	if (!strstr(buf_str(pem), "-----BEGIN CERTIFICATE-----") &&
	    !strstr(buf_str(pem), "-----BEGIN TRUSTED CERTIFICATE-----"))
		return err_set(e, -EINVAL, "there is no certificate in PEM in '%s'", cafile);
	return 0;
}

/* libcurl reads certificates by a path; a file in memory has one, and nobody puts another file there. */
static int put_in_memory(struct trust *t, const struct buf *pem, struct err *e)
{
	int rc;

	if (pem->failed)
		return -ENOMEM;
	t->fd = memfd_create("certificates", MFD_CLOEXEC);
	if (t->fd < 0)
		return err_errno(e, "a file in memory for certificates");
	rc = io_write_all(t->fd, pem->data, pem->len);
	if (rc < 0)
		return err_set(e, rc, "a file in memory for certificates: %s", strerror(-rc));
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->fd);
	return 0;
}

/*
 * libcurl keeps what it has read of a file of certificates for the next connections, but not with a folder beside it,
 * which Debian's has: reading all of the system's for each connection takes longer than all the rest of it. So a folder
 * is looked at only where there is no file.
 */
int trust_open(struct trust *t, const char *cafile, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const char *system = curl_version_info(CURLVERSION_NOW)->cainfo;
	auto_buf pem = BUF_INIT;
	int rc;

	pthread_once(&once, start_curl);
	*t = (struct trust){ .keep_capath = system == NULL, .fd = -1 };
	if (!cafile)
		return 0;
	rc = read_cafile(cafile, &pem, e);
	if (rc < 0)
		return rc;
	buf_addc(&pem, '\n');
	if (system)
		io_read_file(AT_FDCWD, system, &pem, PEM_BYTES_MAX); /* a system without any trusts the cafile alone */
	rc = put_in_memory(t, &pem, e);
	if (rc < 0)
		trust_close(t);
	return rc;
}

void trust_close(struct trust *t)
{
	util_close(&t->fd);
}

static int set_safety(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") || curl_easy_setopt(c, CURLOPT_PROXY, "") ||
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) || curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) ||
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) ||
	       curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ||
	       curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
	       curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L) || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
}

int trust_apply(const struct trust *t, CURL *c)
{
	if (set_safety(c))
		return -ENOSYS;
	if (!t->keep_capath && curl_easy_setopt(c, CURLOPT_CAPATH, NULL))
		return -ENOSYS;
	if (t->path[0] && curl_easy_setopt(c, CURLOPT_CAINFO, t->path))
		return -ENOSYS;
	return curl_easy_setopt(c, CURLOPT_CA_CACHE_TIMEOUT, (long)TRUST_CACHE_S) ? -ENOSYS : 0;
}
