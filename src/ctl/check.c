#include <errno.h>
#include <stdlib.h>

#include "ctl/check_parts.h"

void check_release(struct check *c)
{
	findings_release(&c->findings);
	free(c->holder);
	c->holder = NULL;
}

/* "row 12 missing from index task_name": one finding for each index, whatever the number of its rows. */
static void note_index(struct check *c, const char *name)
{
	struct finding like = { .fault = FAULT_INDEX };

	like.which = xasprintf("index %.*s", (int)strcspn(name, " "), name);
	if (findings_has(&c->findings, &like))
		free(like.which);
	else
		findings_add(&c->findings, FAULT_INDEX, like.which, "it does not agree with its table");
}

static int note_fault(const char *fault, void *ud)
{
	struct check *c = ud;
	const char *index = strstr(fault, " index ");

	if (index)
		note_index(c, index + strlen(" index "));
	else
		findings_add(&c->findings, FAULT_DATABASE, xstrdup("platform.db"), "%s", fault);
	return 0;
}

static int check_open(struct check_job *j, const char *source, struct err *e)
{
	int rc = store_open_read(source, &j->store, e);

	if (rc < 0)
		return rc;
	j->out->holder = xstrdup(store_holder(j->store));
	return scan_open(store_dir(j->store), &j->scan, e);
}

static int check_all(struct check_job *j, struct err *e)
{
	int rc = store_check(j->store, note_fault, j->out, e);

	if (rc == 0)
		rc = census_take(j->store, &j->census, &j->out->findings, e);
	if (rc < 0)
		return rc;
	j->out->n_tasks = (int64_t)j->census.task.n;
	j->out->n_documents = (int64_t)j->census.document.n;
	if (j->census.whole)
		check_rows(j);
	return check_bytes(j, e);
}

int check_run(const char *source, const struct check *trust, struct check *out, struct err *e)
{
	struct check_job j = { .out = out, .trust = trust };
	int rc;

	*out = (struct check){ 0 };
	rc = check_open(&j, source, e);
	if (rc == 0)
		rc = check_all(&j, e);
	census_release(&j.census);
	scan_close(j.scan);
	store_close(j.store);
	if (rc == -EUCLEAN) {
		findings_add(&out->findings, FAULT_DATABASE, xstrdup("platform.db"), "%s", e->text);
		rc = 0;
	}
	return rc;
}
