/* fsck: look for what is lost or wrong, and repair it */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/check.h"
#include "ctl/verb.h"

#define ROUNDS_MAX 4 /* what one round repairs may show what the next one can */

static bool has_fault(const struct findings *f, enum fault fault)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].fault == fault)
			return true;
	return false;
}

/* In the order of the faults. What a repair could not do is found again by the next check. */
static void repair_round(struct platform *p, const struct findings *f)
{
	struct err e = ERR_INIT;

	for (enum fault fault = 0; fault < N_FAULTS; fault++)
		for (size_t i = 0; i < f->n; i++)
			if (f->at[i].fault == fault && fault_rows[fault].repair &&
			    fault_rows[fault].repair(p, &f->at[i], &e) < 0)
				fprintf(stderr, "0711ctl: %s: %s\n", f->at[i].which, e.text);
}

static size_t count_repairable(const struct findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += fault_rows[f->at[i].fault].repair != NULL;
	return n;
}

/* first: what was found at first, gets its outcomes; now: what is still there after. */
static void compare(struct findings *first, const struct findings *now)
{
	for (size_t i = 0; i < first->n; i++)
		first->at[i].outcome = findings_has(now, &first->at[i]) ? OUTCOME_LEFT : OUTCOME_REPAIRED;
	for (size_t i = 0; i < now->n; i++)
		if (!findings_has(first, &now->at[i])) {
			struct finding *x =
				findings_add(first, now->at[i].fault, xstrdup(now->at[i].which), "%s", now->at[i].text);

			x->outcome = OUTCOME_LEFT;
			x->table = now->at[i].table;
			x->row = now->at[i].row;
			snprintf(x->sha, sizeof(x->sha), "%s", now->at[i].sha);
		}
}

static int repair(const char *source, struct check *first, struct err *e)
{
	struct check now = { 0 }, next;
	const struct check *last = first;
	int rc = 0;

	for (int round = 0; rc == 0 && round < ROUNDS_MAX && count_repairable(&last->findings) > 0; round++) {
		struct platform *p;

		rc = ctl_open(source, &p, e);
		if (rc < 0)
			break;
		repair_round(p, &last->findings);
		platform_close(p);
		rc = check_run(source, first, &next, e);
		if (rc == 0 && next.findings.n == last->findings.n && round > 0)
			round = ROUNDS_MAX;
		check_release(&now);
		now = next;
		last = &now;
	}
	if (rc == 0)
		compare(&first->findings, &last->findings);
	if (rc == 0 && last == &now) {
		first->n_tasks = now.n_tasks;
		first->n_documents = now.n_documents;
		first->n_blobs = now.n_blobs;
		first->n_bytes = now.n_bytes;
	}
	check_release(&now);
	return rc;
}

static const char *plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_text(const struct check *c)
{
	size_t left = findings_count(&c->findings, true), harm = findings_count(&c->findings, false);

	for (size_t i = 0; i < c->findings.n; i++)
		finding_print(&c->findings.at[i]);
	printf("%" PRId64 " task%s, %" PRId64 " document%s, %" PRId64 " blob%s of %" PRId64 " bytes: "
	       "%zu problem%s, %zu remain%s, %zu repaired",
	       c->n_tasks, plural(c->n_tasks), c->n_documents, plural(c->n_documents), c->n_blobs, plural(c->n_blobs),
	       c->n_bytes, harm, plural((int64_t)harm), left - harm, plural((int64_t)(left - harm)),
	       c->findings.n - left);
	if (c->holder)
		printf("; process %s has it and its uploads", c->holder);
	putchar('\n');
}

static void print_json(const struct check *c, const char *source)
{
	size_t left = findings_count(&c->findings, true), harm = findings_count(&c->findings, false);
	json_t *list = json_array(), *o;

	for (size_t i = 0; i < c->findings.n; i++)
		json_array_append_new(list, finding_json(&c->findings.at[i]));
	o = json_pack("{s:s?, s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "source", source, "holder", c->holder,
		      "tasks", (json_int_t)c->n_tasks, "documents", (json_int_t)c->n_documents, "blobs",
		      (json_int_t)c->n_blobs, "bytes", (json_int_t)c->n_bytes, "problems", (json_int_t)harm, "remains",
		      (json_int_t)(left - harm), "repaired", (json_int_t)(c->findings.n - left), "findings", list);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static int status_of(const struct findings *f)
{
	return findings_count(f, false) ? CTL_PROBLEMS : findings_count(f, true) ? CTL_MINOR : CTL_OK;
}

/* Before the long look: a damaged store cannot be asked, and is looked at. */
static int refuse_in_use(const char *source, struct err *e)
{
	struct store *st;
	int rc = 0;

	if (store_open_read(source, &st, NULL) < 0)
		return 0;
	if (store_holder(st))
		rc = err_set(e, -EBUSY, "\"%s\" is in use by process %s; unmount it before you repair it", source,
			     store_holder(st));
	store_close(st);
	return rc;
}

static int fsck(const struct ctl_call *c, struct check *check, struct err *e)
{
	int rc = ctl_is_platform(c->source) ? 0 : ctl_no_platform(c->source, e);

	if (rc == 0 && c->repair)
		rc = refuse_in_use(c->source, e);
	if (rc == 0)
		rc = check_run(c->source, NULL, check, e);
	if (rc < 0 || !c->repair)
		return rc;
	if (has_fault(&check->findings, FAULT_DATABASE)) {
		fprintf(stderr, "0711ctl: nothing is repaired, because the database itself is damaged\n");
		return 0;
	}
	return repair(c->source, check, e);
}

int fsck_run(const struct ctl_call *c, struct err *e)
{
	struct check check = { 0 };
	int rc = fsck(c, &check, e), status = rc < 0 ? CTL_FAILED : status_of(&check.findings);

	if (rc == 0 && c->json)
		print_json(&check, c->source);
	else if (rc == 0)
		print_text(&check);
	check_release(&check);
	return status;
}
