/* doctor: what this system can do, and how to mend what it lacks */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "ctl/doctor_parts.h"

static const struct {
	const char *shown, *json;
} verdicts[] = {
	[VERDICT_OK] = { "OK", "ok" },
	[VERDICT_LESS] = { "less", "less" },
	[VERDICT_LACK] = { "LACK", "lack" },
};

static char *vtext(const char *fmt, va_list ap)
{
	auto_buf b = BUF_INIT;

	buf_vprintf(&b, fmt, ap);
	return xstrdup(buf_str(&b));
}

void answer_ok(struct answer *a, const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	*a = (struct answer){ VERDICT_OK, vtext(text, ap), NULL };
	va_end(ap);
}

void answer_lack(struct answer *a, enum verdict verdict, const char *fix, const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	*a = (struct answer){ verdict, vtext(text, ap), xstrdup(fix) };
	va_end(ap);
}

struct report {
	bool json;
	json_t *list;
	size_t n[VERDICT_LACK + 1];
};

static void tell(struct report *r, const char *word, const struct answer *a)
{
	r->n[a->verdict]++;
	if (r->json) {
		json_array_append_new(r->list, json_pack("{s:s, s:s, s:s, s:s?}", "check", word, "verdict",
							 verdicts[a->verdict].json, "text", a->text, "fix", a->fix));
		return;
	}
	printf("%-4s  %s: %s\n", verdicts[a->verdict].shown, word, a->text);
	if (a->fix)
		printf("      %s\n", a->fix);
}

static void examine(struct report *r, const struct patient *p, const struct examination *x)
{
	for (; x->word; x++) {
		struct answer a = { VERDICT_OK, NULL, NULL };

		x->look(p, &a);
		tell(r, x->word, &a);
		free(a.text);
		free(a.fix);
	}
}

static void finish(const struct report *r)
{
	json_t *o;

	if (!r->json) {
		printf("%zu OK, %zu less, %zu lacking\n", r->n[VERDICT_OK], r->n[VERDICT_LESS], r->n[VERDICT_LACK]);
		return;
	}
	o = json_pack("{s:I, s:I, s:I, s:O}", "ok", (json_int_t)r->n[VERDICT_OK], "less",
		      (json_int_t)r->n[VERDICT_LESS], "lack", (json_int_t)r->n[VERDICT_LACK], "checks", r->list);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

/* In a child: to try a layer may move or confine the process that tries. */
static void probe(struct sandbox_layers *out)
{
	auto_buf got = BUF_INIT;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		sandbox_probe(out);
		_exit(io_write_all(ends[1], out, sizeof(*out)) < 0 ? 1 : 0);
	}
	close(ends[1]);
	if (io_read_fd(ends[0], &got, sizeof(*out)) == 0 && got.len == sizeof(*out))
		memcpy(out, got.data, sizeof(*out));
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

int doctor_run(const struct ctl_call *c, struct err *e UNUSED)
{
	struct patient p = { .source = c->source };
	struct report r = { .json = c->json, .list = json_array() };

	probe(&p.layers);
	examine(&r, &p, system_examinations);
	if (p.source)
		examine(&r, &p, source_examinations);
	finish(&r);
	json_decref(r.list);
	return r.n[VERDICT_LACK] ? CTL_PROBLEMS : r.n[VERDICT_LESS] ? CTL_MINOR : CTL_OK;
}
