#include "net/http_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/io.h"

#define PEM_BYTES_MAX (16 << 20)

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
	const char *system = curl_version_info(CURLVERSION_NOW)->cainfo;
	auto_buf pem = BUF_INIT;
	int rc;

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
