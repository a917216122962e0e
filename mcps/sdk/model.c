#include "sdk/model.h"

#include <errno.h>

#include "base/clock.h"
#include "sdk/exchange.h"

/* What a status that is not 200 means; the first row that fits counts. */
static const struct meaning {
	int from, to;
	int rc;
	const char *what;
} meanings[] = {
	{ 404, 404, -ENODEV, "the host does not offer it" },
	{ 408, 409, -EAGAIN, "the host could not ask it now" },
	{ 413, 413, -E2BIG, "the request is too long" },
	{ 429, 429, -EAGAIN, "too many wait for it" },
	{ 400, 499, -EPROTO, "the host or the model refused the request" },
	{ 500, 599, -EAGAIN, "it could not be loaded, or broke down" },
	{ 200, 399, -EPROTO, "the host gave no proper answer" },
};

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* body holds {"error": {"message", "type", "code"}}, if the host is as it should be */
static int refuse_status(const char *model, int status, const json_t *body, struct err *e)
{
	const json_t *error = json_object_get(body, "error");
	const char *message = text_of(error, "message");
	const struct meaning *m = meanings;
	int rc;

	while (status < m->from || status > m->to)
		m++;
	rc = streq(text_of(error, "code"), "context_length_exceeded") ? -E2BIG : m->rc;
	return err_set(e, rc, "the model '%s' (status %d): %s", model, status, *message ? message : m->what);
}

/* *got is the answer's JSON object, a new reference, when 0 is returned. */
static int run(struct call *c, const char *model, const char *path, const char *body, json_t **got, struct err *e)
{
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	struct exchange *x = call_models(c);
	int rc;

	*got = NULL;
	if (!x)
		return err_set(e, -ENODEV, "the host offers no models to this call");
	rc = exchange_run(x, body ? "POST" : "GET", path, body, body ? strlen(body) : 0, &a, e);
	if (rc == 0)
		*got = json_loadb(buf_str(&a.body), a.body.len, 0, NULL);
	if (rc == -ENOMEM || rc == -EMSGSIZE)
		rc = err_add(e, -E2BIG, "the model '%s'", model);
	else if (rc == 0 && a.status != 200)
		rc = refuse_status(model, a.status, *got, e);
	else if (rc == 0 && !json_is_object(*got))
		rc = err_set(e, -EPROTO, "what came from the model '%s' is no JSON object", model);
	answer_release(&a);
	if (rc < 0) {
		json_decref(*got);
		*got = NULL;
	}
	return rc;
}

bool call_has_model(struct call *c, const char *model)
{
	json_t *got, *one;
	bool has = false;
	size_t i;

	if (run(c, model, "/v1/models", NULL, &got, NULL) < 0)
		return false;
	json_array_foreach (json_object_get(got, "data"), i, one)
		has = has || streq(text_of(one, "id"), model);
	json_decref(got);
	return has;
}

void call_limit_models(struct call *c, unsigned ms)
{
	struct exchange *x = call_models(c);

	if (x)
		x->limit_ms = clock_mono_ms() + ms;
}

static char *request_text(const char *model, const json_t *messages, const json_t *schema)
{
	json_t *request = json_pack("{s:s, s:O}", "model", model, "messages", messages);
	char *text;

	if (request && schema)
		json_object_set_new(request, "response_format",
				    json_pack("{s:s, s:{s:s, s:b, s:O}}", "type", "json_schema", "json_schema", "name",
					      "answer", "strict", 1, "schema", schema));
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	return text;
}

/* A server may pass over what it does not know, "response_format" too. */
static int check_answer(const char *model, const json_t *schema, const json_t *answer, struct err *e)
{
	const char *type = text_of(schema, "type");
	json_t *key;
	size_t i;

	if (streq(type, "object") ? !json_is_object(answer) : streq(type, "array") && !json_is_array(answer))
		return err_set(e, -EPROTO, "the answer of the model '%s' is no %s", model, type);
	json_array_foreach (json_object_get(schema, "required"), i, key)
		if (json_is_object(answer) && json_is_string(key) && !json_object_get(answer, json_string_value(key)))
			return err_set(e, -EPROTO, "the answer of the model '%s' has no '%s'", model,
				       json_string_value(key));
	return 0;
}

static int take_json(const char *model, const json_t *schema, const char *content, json_t **answer, struct err *e)
{
	json_error_t bad;
	json_t *got = json_loads(content, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &bad);
	int rc;

	if (!got)
		return err_set(e, -EPROTO, "the answer of the model '%s' is no JSON, at its byte %d: %s", model,
			       bad.position, bad.text);
	rc = check_answer(model, schema, got, e);
	if (rc < 0)
		json_decref(got);
	else
		*answer = got;
	return rc;
}

static int take_choice(const char *model, const json_t *schema, const json_t *got, json_t **answer, struct err *e)
{
	const json_t *choice = json_array_get(json_object_get(got, "choices"), 0);
	const json_t *message = json_object_get(choice, "message"), *content = json_object_get(message, "content");

	if (streq(text_of(choice, "finish_reason"), "length"))
		return err_set(e, -E2BIG, "the answer of the model '%s' was cut at the length that it may have", model);
	if (*text_of(message, "refusal"))
		return err_set(e, -EPROTO, "the model '%s' refused: %s", model, text_of(message, "refusal"));
	if (!json_is_string(content))
		return err_set(e, -EPROTO, "what came from the model '%s' holds no answer", model);
	if (schema)
		return take_json(model, schema, json_string_value(content), answer, e);
	*answer = json_incref((json_t *)content);
	return 0;
}

int call_ask_model(struct call *c, const char *model, const json_t *messages, const json_t *schema, json_t **answer,
		   struct err *e)
{
	auto_free char *body = request_text(model, messages, schema);
	json_t *got;
	int rc;

	*answer = NULL;
	if (!body)
		return err_set(e, -E2BIG, "the question to the model '%s' cannot be written as JSON", model);
	rc = run(c, model, "/v1/chat/completions", body, &got, e);
	if (rc < 0)
		return rc;
	rc = take_choice(model, schema, got, answer, e);
	json_decref(got);
	return rc;
}
