#include "webhook/message.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "webhook/sign.h"

#define BODY_FRAME_BYTES 128 /* about, around the data */

/* {type, timestamp, data} of Standard Webhooks, or {event, data, timestamp} for receivers that know only that. */
static void add_body(const struct lane *l, const struct event *ev, struct buf *out)
{
	char time[CLOCK_TEXT_BYTES];

	clock_format(ev->created_at, time);
	buf_reserve(out, strlen(ev->data) + BODY_FRAME_BYTES);
	if (l->x.format == FORMAT_LEGACY) {
		buf_printf(out, "{\"event\":\"%s\",\"data\":", ev->type);
		buf_addstr(out, ev->data);
		buf_printf(out, ",\"timestamp\":\"%s\"}", time);
	} else {
		buf_printf(out, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":", ev->type, time);
		buf_addstr(out, ev->data);
		buf_addc(out, '}');
	}
}

static void end_header(struct buf *text)
{
	buf_addc(text, '\0');
}

static void add_header(struct buf *text, const char *name, const char *value)
{
	buf_printf(text, "%s: %s", name, value);
	end_header(text);
}

/* The same for every attempt; the first event of a type on a task has the key that older receivers know it by. */
static void add_key(const struct delivery_job *j, bool is_first, struct buf *text)
{
	json_t *data = is_first ? json_loads(j->event.data, 0, NULL) : NULL;
	const char *task = json_string_value(json_object_get(data, "task_id"));

	buf_printf(text, "X-Idempotency-Key: %s.%s", j->event.type, task ? task : j->event.id);
	end_header(text);
	json_decref(data);
}

static int add_older(const struct lane *l, const struct delivery_job *j, bool is_first, struct message *m)
{
	size_t before = m->text.len;
	int rc;

	buf_addstr(&m->text, "X-Webhook-Signature: ");
	rc = sign_older(l->secret, l->n_secrets, m->body.data, m->body.len, &m->text);
	if (rc == -ENOENT) /* all its secrets are signing keys */
		m->text.len = before;
	else
		end_header(&m->text);
	add_key(j, is_first, &m->text);
	return rc == -ENOENT ? 0 : rc;
}

static void add_plain_secret(const struct lane *l, struct buf *text)
{
	char plain[SECRET_TEXT_BYTES];

	if (*secret_plain(&l->secret[0], plain))
		add_header(text, "X-Webhook-Secret", plain);
	crypto_wipe(plain, sizeof(plain));
}

/* The texts do not move any more: point to each of them. */
static void point(const struct lane *l, struct message *m)
{
	size_t n = 0;

	m->header = xcalloc(MESSAGE_HEADERS + l->n_headers + 1, sizeof(*m->header));
	for (size_t at = 0; at < m->text.len; at += strlen(m->text.data + at) + 1)
		m->header[n++] = m->text.data + at;
	for (size_t i = 0; i < l->n_headers; i++)
		m->header[n++] = l->header[i];
}

int message_make(const struct lane *l, const struct delivery_job *j, int64_t now_ms, bool older, bool is_first,
		 struct message *out)
{
	struct message m = { BUF_INIT, BUF_INIT, NULL };
	int64_t now_s = now_ms / 1000;
	int rc;

	add_body(l, &j->event, &m.body);
	add_header(&m.text, "Content-Type", "application/json");
	add_header(&m.text, "webhook-id", j->d.event_id);
	buf_printf(&m.text, "webhook-timestamp: %jd", (intmax_t)now_s);
	end_header(&m.text);
	buf_addstr(&m.text, "webhook-signature: ");
	rc = sign_headers(l->secret, l->n_secrets, j->d.event_id, now_s, m.body.data, m.body.len, &m.text);
	end_header(&m.text);
	if (rc == 0 && older)
		rc = add_older(l, j, is_first, &m);
	if (l->x.format == FORMAT_LEGACY)
		add_plain_secret(l, &m.text);
	if (rc == 0 && (m.body.failed || m.text.failed))
		rc = -ENOMEM;
	if (rc < 0) {
		message_release(&m);
		return rc;
	}
	point(l, &m);
	*out = m;
	return 0;
}

void message_release(struct message *m)
{
	buf_release(&m->body);
	if (m->text.data)
		crypto_wipe(m->text.data, m->text.len);
	buf_release(&m->text);
	free(m->header);
}
