#include "platform/vault.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/io.h"

#define KEY_DIGITS (2 * CRYPTO_KEY_BYTES)
#define MARK_BYTES 4 /* in front of what is sealed: which key it was */

struct vault {
	unsigned char key[CRYPTO_KEY_BYTES];
	unsigned char mark[MARK_BYTES];
};

static int digit_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* parse_key - false unless the text is exactly a key and a newline, or its end */
static bool parse_key(const char *text, unsigned char *key)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	if (n != KEY_DIGITS || !(text[n] == '\0' || streq(text + n, "\n")))
		return false;
	for (size_t i = 0; i < CRYPTO_KEY_BYTES; i++)
		key[i] = (unsigned char)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
	return true;
}

static int read_key(const char *keyfile, unsigned char *key, struct err *e)
{
	auto_close int fd = open(keyfile, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[KEY_DIGITS + 3];
	struct stat sb;
	ssize_t n;
	bool good;

	if (fd < 0 || fstat(fd, &sb) < 0)
		return err_errno(e, "the key file '%s' cannot be opened", keyfile);
	if (!S_ISREG(sb.st_mode))
		return err_set(e, -EUCLEAN, "the key file '%s' is no regular file", keyfile);
	if (sb.st_mode & 077)
		return err_set(
			e, -EACCES,
			"the key file '%s' has mode %04o, so others may reach it; chmod 600 makes it yours alone",
			keyfile, sb.st_mode & 07777);
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return err_errno(e, "the key file '%s' cannot be read", keyfile);
	text[n] = '\0';
	good = strlen(text) == (size_t)n && parse_key(text, key);
	crypto_wipe(text, sizeof(text));
	return good ? 0
		    : err_set(e, -EUCLEAN,
			      "the key file '%s' is damaged: it should have %d hex digits and a newline; put back a copy",
			      keyfile, KEY_DIGITS);
}

static int sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	auto_free char *folder = slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup(".");
	auto_close int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int write_new_key(int fd)
{
	unsigned char key[CRYPTO_KEY_BYTES];
	char text[KEY_DIGITS + 2];
	int rc;

	crypto_random(key, sizeof(key));
	crypto_hex(key, sizeof(key), text);
	strcpy(text + KEY_DIGITS, "\n");
	rc = io_write_all(fd, text, KEY_DIGITS + 1);
	crypto_wipe(key, sizeof(key));
	crypto_wipe(text, sizeof(text));
	return rc == 0 && fsync(fd) < 0 ? -errno : rc;
}

/* The name appears with the whole key behind it or not at all, and never over a key that another process just made. */
static int make_key(const char *keyfile, struct err *e)
{
	char id[ID_BYTES];
	auto_free char *temp = xasprintf("%s.%s", keyfile, id_new(id));
	auto_close int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return err_errno(e, "the key file '%s' cannot be made", keyfile);
	rc = write_new_key(fd);
	if (rc == 0 && link(temp, keyfile) < 0 && errno != EEXIST)
		rc = -errno;
	unlink(temp);
	if (rc == 0)
		rc = sync_folder_of(keyfile);
	return rc < 0 ? err_set(e, rc, "the key file '%s' cannot be made: %s", keyfile, strerror(-rc)) : 0;
}

int vault_read(const char *keyfile, struct vault **out, struct err *e)
{
	unsigned char sum[CRYPTO_HMAC_BYTES];
	struct vault *v = xcalloc(1, sizeof(*v));
	int rc = read_key(keyfile, v->key, e);

	if (rc < 0) {
		vault_close(v);
		return rc;
	}
	crypto_hmac_sha256(v->key, sizeof(v->key), "mark", 4, sum);
	memcpy(v->mark, sum, MARK_BYTES);
	*out = v;
	return 0;
}

int vault_open(const char *keyfile, struct vault **out, struct err *e)
{
	int rc = vault_read(keyfile, out, e);

	if (rc != -ENOENT)
		return rc;
	rc = make_key(keyfile, e);
	return rc < 0 ? rc : vault_read(keyfile, out, e);
}

void vault_close(struct vault *v)
{
	if (!v)
		return;
	crypto_wipe(v, sizeof(*v));
	free(v);
}

int vault_seal(const struct vault *v, const char *context, const char *text, char **sealed, struct err *e)
{
	auto_buf bytes = BUF_INIT;
	auto_buf out = BUF_INIT;
	int rc;

	*sealed = NULL;
	buf_add(&bytes, v->mark, MARK_BYTES);
	rc = bytes.failed ? -ENOMEM : crypto_seal(v->key, text, strlen(text), context, &bytes);
	if (rc == 0)
		base64_encode(bytes.data, bytes.len, &out);
	if (rc < 0 || out.failed)
		return err_set(e, -ENOMEM, "no memory for a secret");
	*sealed = buf_steal(&out);
	return 0;
}

int vault_unseal(const struct vault *v, const char *context, const char *sealed, char **text, struct err *e)
{
	auto_buf bytes = BUF_INIT;
	auto_buf plain = BUF_INIT;
	int rc = base64_decode(sealed, strlen(sealed), &bytes);

	if (rc == 0 && bytes.len >= MARK_BYTES && !crypto_same(bytes.data, v->mark, MARK_BYTES))
		return err_set(e, -EKEYREJECTED,
			       "it was sealed with another key file: mount with the one that was there then, or "
			       "write it again");
	if (rc == 0 && bytes.len < MARK_BYTES)
		rc = -EBADMSG;
	if (rc == 0)
		rc = crypto_open(v->key, bytes.data + MARK_BYTES, bytes.len - MARK_BYTES, context, &plain);
	if (rc == -ENOMEM)
		return err_set(e, rc, "no memory for a secret");
	if (rc < 0)
		return err_set(e, -EBADMSG, "it is damaged in the store: write it again");
	*text = buf_steal(&plain);
	return 0;
}
