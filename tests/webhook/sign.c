/*
 * sign ID TIMESTAMP SECRET... <BODY - what a delivery's headers are, as JSON {headers, secrets, public}
 *
 * The secrets are those of an endpoint, the newest first; "generate" makes one. secrets has their texts, public the
 * public keys of those that have one.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "webhook/sign.h"

#define SECRETS_MAX 8
#define BODY_MAX    (1 << 20)

static void take_secret(const char *arg, struct secret *s, json_t *texts, json_t *public)
{
	char text[SECRET_TEXT_BYTES];
	struct err e = ERR_INIT;

	if (streq(arg, "generate"))
		arg = secret_generate(SECRET_HMAC, text);
	if (secret_parse(arg, s, &e) < 0) {
		fprintf(stderr, "sign: %s\n", e.text);
		exit(1);
	}
	json_array_append_new(texts, json_string(secret_text(s, text)));
	if (secret_public(s, text)[0])
		json_array_append_new(public, json_string(text));
}

int main(int argc, char **argv)
{
	struct secret secrets[SECRETS_MAX];
	json_t *texts = json_array(), *public = json_array(), *headers = json_object();
	auto_buf body = BUF_INIT, signature = BUF_INIT, older = BUF_INIT;
	size_t n = 0;

	for (int i = 3; i < argc && n < SECRETS_MAX; i++)
		take_secret(argv[i], &secrets[n++], texts, public);
	if (io_read_fd(STDIN_FILENO, &body, BODY_MAX) < 0 || argc < 4 ||
	    sign_headers(secrets, n, argv[1], atoll(argv[2]), buf_str(&body), body.len, &signature) < 0) {
		fprintf(stderr, "usage: sign ID TIMESTAMP SECRET... <BODY\n");
		return 2;
	}
	json_object_set_new(headers, "webhook-id", json_string(argv[1]));
	json_object_set_new(headers, "webhook-timestamp", json_string(argv[2]));
	json_object_set_new(headers, "webhook-signature", json_string(buf_str(&signature)));
	if (sign_older(secrets, n, buf_str(&body), body.len, &older) == 0)
		json_object_set_new(headers, "x-webhook-signature", json_string(buf_str(&older)));
	json_t *all = json_pack("{s:o, s:o, s:o}", "headers", headers, "secrets", texts, "public", public);
	json_dumpf(all, stdout, JSON_INDENT(1));
	json_decref(all);
	return 0;
}
