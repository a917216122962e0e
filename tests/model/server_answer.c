#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "tests/model/random.h"
#include "tests/model/server.h"

enum { DIMENSIONS = 8 };

void answer_json(struct reply *r, int status, json_t *body)
{
	auto_free char *text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);

	r->status = status;
	r->events = false;
	buf_clear(&r->text);
	buf_addstr(&r->text, text);
	json_decref(body);
}

void answer_error(struct reply *r, int status, const char *message)
{
	answer_json(
		r, status,
		json_pack("{s:{s:s, s:s, s:i}}", "error", "message", message, "type", "test_error", "code", status));
}

void answer_models(const struct server_options *o, struct reply *r)
{
	answer_json(r, 200,
		    json_pack("{s:s, s:[{s:s, s:s, s:i, s:s}]}", "object", "list", "data", "id", o->name, "object",
			      "model", "created", 0, "owned_by", "tests"));
}

/* Words are what this server takes for tokens. */
static json_int_t tokens_of(const char *text)
{
	json_int_t n = 0;

	while (*(text += strspn(text, " \t\r\n"))) {
		n++;
		text += strcspn(text, " \t\r\n");
	}
	return n;
}

/* add_text - the text of a message's content, which is a text or a list of parts */
static void add_text(struct buf *out, const json_t *content)
{
	json_t *part;
	size_t i;

	if (json_is_string(content))
		buf_addstr(out, json_string_value(content));
	json_array_foreach (content, i, part) {
		const char *text = json_string_value(json_object_get(part, "text"));

		buf_addstr(out, text ? text : "");
	}
}

/* instance - the plainest JSON that a schema allows, as far as its types tell */
static json_t *instance(const json_t *schema)
{
	const json_t *choice = json_object_get(schema, "enum"), *type = json_object_get(schema, "type");
	json_t *property, *out;
	const char *name;

	if (json_object_get(schema, "const"))
		return json_deep_copy(json_object_get(schema, "const"));
	if (json_array_size(choice) > 0)
		return json_deep_copy(json_array_get(choice, 0));
	if (json_object_get(schema, "anyOf"))
		return instance(json_array_get(json_object_get(schema, "anyOf"), 0));
	name = json_string_value(json_is_array(type) ? json_array_get(type, 0) : type);
	if (!name || streq(name, "null"))
		return json_null();
	if (streq(name, "boolean"))
		return json_false();
	if (streq(name, "string"))
		return json_string("");
	if (streq(name, "integer") || streq(name, "number"))
		return json_integer(json_integer_value(json_object_get(schema, "minimum")));
	if (streq(name, "array")) {
		out = json_array();
		for (json_int_t i = json_integer_value(json_object_get(schema, "minItems")); i > 0; i--)
			json_array_append_new(out, instance(json_object_get(schema, "items")));
		return out;
	}
	out = json_object();
	json_object_foreach (json_object_get(schema, "properties"), name, property)
		json_object_set_new(out, name, instance(property));
	return out;
}

static const json_t *find_answer(const struct server_options *o, const char *message)
{
	json_t *row;
	size_t i;

	json_array_foreach (o->answers, i, row) {
		const char *contains = json_string_value(json_object_get(row, "contains"));

		if (contains && strstr(message, contains))
			return row;
	}
	return NULL;
}

/* wording - what the answer says: of the file, else of the schema, else an echo */
static char *wording(const json_t *row, const json_t *request, const char *message)
{
	const json_t *answer = json_object_get(row, "answer"), *format = json_object_get(request, "response_format");
	const json_t *schema = json_object_get(json_object_get(format, "json_schema"), "schema");
	json_t *made;
	char *text;

	if (json_is_string(answer))
		return xstrdup(json_string_value(answer));
	if (answer)
		return json_dumps(answer, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!schema)
		return xasprintf("echo: %s", message);
	made = instance(schema);
	text = json_dumps(made, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(made);
	return text;
}

static void add_event(struct buf *out, const char *model, json_t *choices, json_t *usage)
{
	json_t *event = json_pack("{s:s, s:s, s:I, s:s, s:o, s:o*}", "id", "chatcmpl-test", "object",
				  "chat.completion.chunk", "created", (json_int_t)(clock_now_ms() / 1000), "model",
				  model, "choices", choices, "usage", usage);
	auto_free char *text = json_dumps(event, JSON_COMPACT);

	buf_printf(out, "data: %s\n\n", text);
	json_decref(event);
}

/* stream - the same answer in pieces, a word each; who wants the usage gets it in an event without choices */
static void stream(const char *model, const json_t *request, const char *text, json_t *usage, struct reply *r)
{
	const json_t *options = json_object_get(request, "stream_options");

	r->events = true;
	add_event(&r->text, model,
		  json_pack("[{s:i, s:{s:s, s:s}, s:n}]", "index", 0, "delta", "role", "assistant", "content", "",
			    "finish_reason"),
		  NULL);
	while (*text) {
		size_t len = strcspn(text + 1, " ") + 1;

		add_event(
			&r->text, model,
			json_pack("[{s:i, s:{s:s%}, s:n}]", "index", 0, "delta", "content", text, len, "finish_reason"),
			NULL);
		text += len;
	}
	add_event(&r->text, model, json_pack("[{s:i, s:{}, s:s}]", "index", 0, "delta", "finish_reason", "stop"), NULL);
	if (json_is_true(json_object_get(options, "include_usage")))
		add_event(&r->text, model, json_array(), json_incref(usage));
	buf_addstr(&r->text, "data: [DONE]\n\n");
	json_decref(usage);
}

static bool known(const struct server_options *o, const json_t *request, struct reply *r)
{
	const char *model = json_string_value(json_object_get(request, "model"));

	if (model && streq(model, o->name))
		return true;
	answer_error(r, 404, "there is no such model");
	return false;
}

void answer_chat(const struct server_options *o, const json_t *request, struct reply *r)
{
	const json_t *messages = json_object_get(request, "messages"), *row;
	auto_buf asked = BUF_INIT, message = BUF_INIT;
	auto_free char *text = NULL;
	json_t *m, *usage;
	size_t i;

	if (!known(o, request, r))
		return;
	json_array_foreach (messages, i, m) {
		buf_clear(&message);
		add_text(&message, json_object_get(m, "content"));
		buf_printf(&asked, "%s ", buf_str(&message));
	}
	row = find_answer(o, buf_str(&message));
	r->wait_ms = o->answer_ms + json_integer_value(json_object_get(row, "wait_ms"));
	if (json_object_get(row, "status")) {
		answer_error(r, (int)json_integer_value(json_object_get(row, "status")), "as it was told");
		return;
	}
	text = wording(row, request, buf_str(&message));
	usage = json_pack("{s:I, s:I, s:I}", "prompt_tokens", tokens_of(buf_str(&asked)), "completion_tokens",
			  tokens_of(text), "total_tokens", tokens_of(buf_str(&asked)) + tokens_of(text));
	if (json_is_true(json_object_get(request, "stream"))) {
		stream(o->name, request, text, usage, r);
		return;
	}
	answer_json(r, 200,
		    json_pack("{s:s, s:s, s:I, s:s, s:[{s:i, s:{s:s, s:s}, s:s}], s:o}", "id", "chatcmpl-test",
			      "object", "chat.completion", "created", (json_int_t)(clock_now_ms() / 1000), "model",
			      o->name, "choices", "index", 0, "message", "role", "assistant", "content", text,
			      "finish_reason", "stop", "usage", usage));
}

/* vector - of length 1, the same for the same text */
static json_t *vector(const char *text)
{
	uint64_t seed = UINT64_C(0xcbf29ce484222325);
	double v[DIMENSIONS], square = 0;
	json_t *out = json_array();

	for (; *text; text++)
		seed = (seed ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	for (int i = 0; i < DIMENSIONS; i++) {
		v[i] = (double)(random_next(&seed) >> 11) / (double)(UINT64_C(1) << 52) - 1;
		square += v[i] * v[i];
	}
	for (int i = 0; i < DIMENSIONS; i++)
		json_array_append_new(out, json_real(v[i] / sqrt(square)));
	return out;
}

void answer_embeddings(const struct server_options *o, const json_t *request, struct reply *r)
{
	json_t *input = json_object_get(request, "input"), *data, *texts;
	json_int_t tokens = 0;

	if (!known(o, request, r))
		return;
	r->wait_ms = o->answer_ms;
	data = json_array();
	texts = json_is_array(input) ? json_incref(input) : json_pack("[O]", input ? input : json_null());
	for (size_t i = 0; i < json_array_size(texts); i++) {
		const char *text = json_string_value(json_array_get(texts, i));

		tokens += tokens_of(text ? text : "");
		json_array_append_new(data, json_pack("{s:s, s:I, s:o}", "object", "embedding", "index", (json_int_t)i,
						      "embedding", vector(text ? text : "")));
	}
	json_decref(texts);
	answer_json(r, 200,
		    json_pack("{s:s, s:o, s:s, s:{s:I, s:I}}", "object", "list", "data", data, "model", o->name,
			      "usage", "prompt_tokens", tokens, "total_tokens", tokens));
}
