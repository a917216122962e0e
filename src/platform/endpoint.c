#include "platform/endpoint.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/cidr.h"
#include "net/url.h"
#include "platform/delivery.h"
#include "platform/event.h"
#include "platform/headers.h"
#include "platform/party.h"
#include "platform/pattern.h"
#include "platform/sealed.h"

#define TEXT_MAX     (16 << 10)
#define SECRETS_MOST 8            /* with the new one */
#define ROTATION_MS  CLOCK_DAY_MS /* a secret that was replaced still signs for so long */

static void wipe_free(char **text)
{
	if (*text)
		crypto_wipe(*text, strlen(*text));
	free(*text);
}
/* What was sealed, or is to be. */
#define auto_secret __attribute__((cleanup(wipe_free))) char

/* Why it cannot be used as it is set, or NULL. */
static const char *lack_of(const struct endpoint *x)
{
	return !x->enabled   ? "it is switched off: write true into enabled"
	       : !x->url     ? "it has no url"
	       : !x->secrets ? "it has no secret: write one into secret, or generate"
			     : NULL;
}

void endpoint_fill(struct endpoint *x)
{
	x->events = xstrdup("*");
	x->enabled = true;
	x->ordered = true;
	x->state = ENDPOINT_DISABLED;
	x->reason = xstrdup(lack_of(x));
}

static int settle(struct tx *tx, struct endpoint *x, struct err *e)
{
	const char *lack = lack_of(x);
	bool gave_up = !x->enabled && x->state == ENDPOINT_DISABLED && x->reason && x->failing_since;

	if (lack) {
		x->state = ENDPOINT_DISABLED;
		if (!gave_up)
			row_set_text(&x->reason, lack);
		return 0;
	}
	if (x->state == ENDPOINT_BROKEN) { /* a person has looked after it: it is tried at once */
		x->state = ENDPOINT_ACTIVE;
		row_set_text(&x->reason, NULL);
	}
	if (x->state != ENDPOINT_DISABLED)
		return 0;
	x->state = ENDPOINT_ACTIVE;
	x->failing_since = 0;
	row_set_text(&x->reason, NULL);
	return row_int(tx, Q_EVENT_LAST, NULL, &x->from_row, e);
}

int endpoint_sound(const struct endpoint *x, struct err *e)
{
	auto_cidrs ranges = { 0 };
	struct pattern pattern;
	int rc = x->url ? url_check(x->url, e) : 0;

	if (rc == 0)
		rc = pattern_parse(x->events ? x->events : "", &pattern, e);
	if (rc == 0)
		rc = cidrs_parse(x->allow ? x->allow : "", &ranges, e);
	return rc;
}

int endpoint_check(struct platform *p UNUSED, struct tx *tx, struct endpoint *x, struct err *e)
{
	int rc = endpoint_sound(x, e);

	if (rc == 0 && !x->ordered)
		rc = row_exec(tx, Q_DELIVERIES_RELEASE_ALL, ARGS(V_INT(x->row_id), V_INT(clock_now_ms())), e);
	return rc < 0 ? rc : settle(tx, x, e);
}

int endpoint_begin(struct tx *tx, struct err *e)
{
	int64_t n = 0, last = 0;
	int rc = row_int(tx, Q_ENDPOINT_COUNT, NULL, &n, e);

	if (rc < 0 || n != 1)
		return rc;
	rc = row_int(tx, Q_EVENT_LAST, NULL, &last, e);
	return rc < 0 ? rc : delivery_mark(tx, last, e);
}

int endpoint_end(struct tx *tx, const struct endpoint *x, struct err *e)
{
	json_t *data;
	int rc = row_exec(tx, Q_DELIVERIES_DELETE_OF, ARGS(V_INT(x->row_id)), e);

	if (rc < 0)
		return rc;
	data = json_pack("{s:s, s:s}", "endpoint", x->name, "state", endpoint_state_words[x->state]);
	return event_emit(tx, "webhook.removed", 0, 0, data, e);
}

int endpoint_tell(struct tx *tx, const struct endpoint *x, const char *type, struct err *e)
{
	/* Other endpoints hear of it too: a path or query often is a secret between two. */
	auto_free char *origin = x->url ? url_origin(x->url) : NULL;
	json_t *data = json_pack("{s:s, s:s?, s:s}", "endpoint", x->name, "url", origin, "state",
				 endpoint_state_words[x->state]);

	if (streq(type, "webhook.disabled"))
		json_object_set_new(data, "reason", x->reason ? json_string(x->reason) : json_null());
	else
		json_object_set_new(data, "enabled", json_boolean(x->enabled));
	return event_emit(tx, type, 0, 0, data, e);
}

static struct sealed_place place_of(const struct endpoint *x, const char *what)
{
	return (struct sealed_place){ "endpoint", x->id, x->name, what };
}

int endpoint_headers(struct platform *p, const struct endpoint *x, char **out, struct err *e)
{
	struct sealed_place at = place_of(x, "headers");

	return sealed_open(p, &at, x->headers, out, e);
}

struct putting {
	struct platform *p;
	const char *field, *text;
	struct buf *answer;
};

static int put_headers(struct platform *p, struct endpoint *x, const char *text, struct err *e)
{
	struct sealed_place at = place_of(x, "headers");
	auto_secret *former = NULL;
	auto_buf lines = BUF_INIT;
	int rc = endpoint_headers(p, x, &former, e);

	if (rc == 0 || sealed_lost(rc))
		rc = headers_parse(text, former, &lines, e);
	if (rc == 0)
		rc = sealed_put(p, &at, lines.len ? buf_str(&lines) : NULL, &x->headers, e);
	if (lines.data)
		crypto_wipe(lines.data, lines.cap);
	return rc;
}

static int put_text(struct tx *tx UNUSED, union party *party, void *arg, struct err *e)
{
	const struct putting *put = arg;
	struct endpoint *x = &party->endpoint;
	const char *text = *put->text ? put->text : NULL;

	if (streq(put->field, "headers"))
		return put_headers(put->p, x, put->text, e);
	if (streq(put->field, "url"))
		row_set_text(&x->url, text);
	else if (streq(put->field, "allow"))
		row_set_text(&x->allow, text);
	else if (!text)
		return err_set(e, -EINVAL, "an endpoint needs a pattern of events; * means all");
	else
		row_set_text(&x->events, text);
	return 0;
}

int endpoint_put(struct platform *p, int64_t row_id, const char *field, const char *text, size_t len,
		 const struct actor *who, struct err *e)
{
	auto_free char *own = NULL;
	int rc = 0;

	if (len > TEXT_MAX)
		return err_set(e, -EFBIG, "'%s' can have at most %d bytes", field, TEXT_MAX);
	if (memchr(text, '\0', len))
		return err_set(e, -EINVAL, "'%s' must be text", field);
	own = xstrndup(text, len);
	while (len && strchr(" \t\r\n", own[len - 1]))
		own[--len] = '\0';
	if (streq(field, "url") && *own) {
		rc = url_check(own, e);
		if (rc == 0)
			rc = url_resolve(own, e);
	}
	if (rc < 0)
		return rc;
	return party_alter(p, PARTY_ENDPOINT, row_id, put_text,
			   &(struct putting){ .p = p, .field = field, .text = own }, who, e);
}

int endpoint_show(struct platform *p, int64_t row_id, const char *field, struct buf *out, struct err *e)
{
	auto_secret *headers = NULL;
	const char *text = NULL;
	union party x;
	int rc = party_get(p, PARTY_ENDPOINT, row_id, &x, e);

	if (rc < 0)
		return rc;
	if (streq(field, "headers")) {
		rc = endpoint_headers(p, &x.endpoint, &headers, e);
		rc = sealed_lost(rc) ? 0 : rc;
		headers_show(headers, out);
	} else {
		text = streq(field, "url")     ? x.endpoint.url
		       : streq(field, "allow") ? x.endpoint.allow
					       : x.endpoint.events;
	}
	if (text)
		buf_printf(out, "%s\n", text);
	party_release(PARTY_ENDPOINT, &x);
	return rc;
}

/* The sealed list as JSON: [{"secret": "whsec_…", "until": ms or null}, …]; a new reference. */
static int load_secrets(struct platform *p, const struct endpoint *x, json_t **out, struct err *e)
{
	struct sealed_place at = place_of(x, "secrets");
	auto_secret *text = NULL;
	int rc = sealed_open(p, &at, x->secrets, &text, e);

	*out = NULL;
	if (rc < 0)
		return rc;
	*out = text ? json_loads(text, 0, NULL) : json_array();
	return *out ? 0 : err_set(e, -EUCLEAN, "the secrets of endpoint '%s' are damaged", x->name);
}

static int store_secrets(struct platform *p, struct endpoint *x, const json_t *list, struct err *e)
{
	struct sealed_place at = place_of(x, "secrets");
	auto_secret *text = json_array_size(list) ? json_dumps(list, JSON_COMPACT) : NULL;

	if (!text && json_array_size(list))
		return err_set(e, -ENOMEM, "no memory for a secret");
	return sealed_put(p, &at, text, &x->secrets, e);
}

/* Those that are replaced get an end; those whose end has come go. */
static void rotate(json_t *list, int64_t now, int64_t until)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		json_t *one = json_array_get(list, i), *end = json_object_get(one, "until");

		if (!json_is_integer(end) || json_integer_value(end) > until)
			json_object_set_new(one, "until", json_integer(until));
		if (json_integer_value(json_object_get(one, "until")) <= now || i + 1 >= SECRETS_MOST)
			json_array_remove(list, i);
	}
}

static int add_secret(json_t *list, const char *text, struct err *e)
{
	struct secret s;
	int64_t now = clock_now_ms();
	int rc = secret_parse(text, &s, e);

	if (rc < 0)
		return rc;
	secret_wipe(&s);
	rotate(list, now, now + ROTATION_MS);
	json_array_insert_new(list, 0, json_pack("{s:s, s:n}", "secret", text, "until"));
	return 0;
}

static void retire(json_t *list)
{
	while (json_array_size(list) > 1)
		json_array_remove(list, 1);
}

static int generate(json_t *list, enum secret_kind kind, struct buf *answer, struct err *e)
{
	char text[SECRET_TEXT_BYTES];
	int rc;

	secret_generate(kind, text);
	rc = add_secret(list, text, e);
	if (rc == 0 && answer) {
		buf_clear(answer);
		buf_printf(answer, "%s\n", text);
	}
	crypto_wipe(text, sizeof(text));
	return rc;
}

static int put_secret(struct tx *tx UNUSED, union party *party, void *arg, struct err *e)
{
	const struct putting *put = arg;
	struct endpoint *x = &party->endpoint;
	json_t *list;
	int rc = load_secrets(put->p, x, &list, e);

	if (sealed_lost(rc) && !streq(put->text, "retire")) {
		list = json_array();
		rc = 0;
	}
	if (rc < 0)
		return rc;
	if (!*put->text)
		json_array_clear(list);
	else if (streq(put->text, "generate"))
		rc = generate(list, SECRET_HMAC, put->answer, e);
	else if (streq(put->text, "generate ed25519"))
		rc = generate(list, SECRET_ED25519, put->answer, e);
	else if (streq(put->text, "retire"))
		retire(list);
	else
		rc = add_secret(list, put->text, e);
	if (rc == 0)
		rc = store_secrets(put->p, x, list, e);
	json_decref(list);
	return rc;
}

int endpoint_put_secret(struct platform *p, int64_t row_id, const char *line, const struct actor *who,
			struct buf *answer, struct err *e)
{
	return party_alter(p, PARTY_ENDPOINT, row_id, put_secret,
			   &(struct putting){ .p = p, .text = line, .answer = answer }, who, e);
}

int endpoint_secrets(struct platform *p, const struct endpoint *x, int64_t now_ms, struct secret **out, size_t *n,
		     struct err *e)
{
	json_t *list, *one;
	size_t i;
	int rc = load_secrets(p, x, &list, e);

	*out = NULL;
	*n = 0;
	if (rc < 0)
		return rc;
	*out = xcalloc(json_array_size(list) + 1, sizeof(**out));
	json_array_foreach (list, i, one) {
		const json_t *until = json_object_get(one, "until");
		bool over = json_is_integer(until) && json_integer_value(until) <= now_ms;

		if (rc == 0 && !over) {
			rc = secret_parse(json_string_value(json_object_get(one, "secret")), &(*out)[*n], e);
			*n += rc == 0;
		}
	}
	json_decref(list);
	return rc;
}

int endpoint_readable(struct platform *p, const struct endpoint *x, struct err *e)
{
	auto_secret *headers = NULL;
	json_t *secrets;
	int rc = load_secrets(p, x, &secrets, e);

	json_decref(secrets);
	return rc < 0 ? rc : endpoint_headers(p, x, &headers, e);
}

int endpoint_public_keys(struct platform *p, int64_t row_id, struct buf *out, struct err *e)
{
	struct secret *all = NULL;
	union party x;
	size_t n = 0;
	int rc = party_get(p, PARTY_ENDPOINT, row_id, &x, e);

	if (rc < 0)
		return rc;
	rc = endpoint_secrets(p, &x.endpoint, clock_now_ms(), &all, &n, e);
	rc = sealed_lost(rc) ? 0 : rc;
	for (size_t i = 0; i < n; i++) {
		char text[SECRET_TEXT_BYTES];

		if (*secret_public(&all[i], text))
			buf_printf(out, "%s\n", text);
		secret_wipe(&all[i]);
	}
	free(all);
	party_release(PARTY_ENDPOINT, &x);
	return rc;
}

struct each {
	int (*fn)(void *endpoint, void *ud);
	void *ud;
};

static int read_each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;

	return row_each(tx, Q_ENDPOINTS_ALL, NULL, x->fn, x->ud, e);
}

int endpoint_each(struct platform *p, int (*fn)(void *endpoint, void *ud), void *ud, struct err *e)
{
	return store_read(p->store, read_each, &(struct each){ fn, ud }, e);
}
