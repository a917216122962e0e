#include "fs/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "fs/upload.h"
#include "platform/actor.h"
#include "platform/party.h"
#include "platform/settings.h"
#include "platform/tempname.h"

#define AGAIN_MS    1000 /* after a failure that may pass */
#define DOUBTFUL_MS 2000

struct folders {
	struct fs *fs;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool stopping;
	struct {
		int64_t row, due_ms;
	} * open;
	size_t n_open;
	struct inbox *box;
	size_t n_boxes;
};

static int known_box(struct fs *fs, int64_t number, struct inbox *out)
{
	struct folders *f = fs->folders;
	int rc = -ESTALE;

	if (!(number & INBOX_CHOSEN)) {
		*out = (struct inbox){ .number = number, .engagement_row = number };
		return 0;
	}
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->n_boxes && rc < 0; i++) {
		if (f->box[i].number == number) {
			*out = f->box[i];
			rc = 0;
		}
	}
	pthread_mutex_unlock(&f->lock);
	return rc;
}

struct search {
	struct fs *fs;
	int64_t number;
	struct inbox *out;
};

static bool is_box(const struct search *s, int64_t engagement_row, const char *mcp, const char *tool)
{
	if (inbox_number(engagement_row, mcp, tool) != s->number)
		return false;
	folder_choose(s->fs, &(struct inbox){ .engagement_row = engagement_row }, mcp, tool, s->out);
	return true;
}

static int search_engagement(void *row, void *ud)
{
	const struct party_listing *g = row;
	struct search *s = ud;
	const struct mcp_catalog *c = s->fs->o.catalog;

	for (size_t i = 0; i < c->n; i++) {
		const struct mcp_manifest *m = c->items[i];

		if (is_box(s, g->row_id, m->id, NULL))
			return 1;
		for (size_t k = 0; k < json_array_size(m->tools); k++) {
			const json_t *name = json_object_get(json_array_get(m->tools, k), "name");

			if (is_box(s, g->row_id, m->id, json_string_value(name)))
				return 1;
		}
	}
	return 0;
}

/* A number from before the start, as a file handle has it: it is a hash of what it chose, so all are tried. */
static int search_box(struct fs *fs, int64_t number, struct inbox *out)
{
	struct search s = { fs, number, out };
	int rc = search_engagement(&(struct party_listing){ .row_id = 0 }, &s);

	if (rc == 0)
		rc = party_each(fs->p, PARTY_ENGAGEMENT, 0, search_engagement, &s, NULL);
	return rc == 1 ? 0 : rc < 0 ? rc : -ESTALE;
}

int folder_box(struct fs *fs, int64_t number, struct inbox *out, struct err *e)
{
	int rc = known_box(fs, number, out);

	if (rc < 0)
		rc = search_box(fs, number, out);
	return rc < 0 ? err_set(e, rc, "the engine that the inbox directory chose is not installed any more") : 0;
}

void folder_box_of(const struct drop *d, struct inbox *out)
{
	*out = (struct inbox){ .number = d->inbox, .engagement_row = d->engagement_row };
	snprintf(out->mcp, sizeof(out->mcp), "%s", d->mcp ? d->mcp : "");
	snprintf(out->tool, sizeof(out->tool), "%s", d->tool ? d->tool : "");
}

void folder_choose(struct fs *fs, const struct inbox *from, const char *mcp, const char *tool, struct inbox *out)
{
	struct folders *f = fs->folders;
	struct inbox known;

	*out = (struct inbox){ .number = inbox_number(from->engagement_row, mcp, tool),
			       .engagement_row = from->engagement_row };
	snprintf(out->mcp, sizeof(out->mcp), "%s", mcp);
	snprintf(out->tool, sizeof(out->tool), "%s", tool ? tool : "");
	if (known_box(fs, out->number, &known) == 0)
		return;
	pthread_mutex_lock(&f->lock);
	f->box = xrealloc(f->box, (f->n_boxes + 1) * sizeof(*f->box));
	f->box[f->n_boxes++] = *out;
	pthread_mutex_unlock(&f->lock);
}

static int64_t parent_of(struct fs *fs, int64_t row)
{
	struct drop d;
	int64_t parent = 0;

	if (inbox_get(fs->p, row, &d, NULL) == 0) {
		parent = d.parent_row;
		row_release(&drop_table, &d);
	}
	return parent;
}

bool folder_is_in(struct fs *fs, int64_t row, int64_t top)
{
	while (row && row != top)
		row = parent_of(fs, row);
	return row == top;
}

bool folder_is_loose(struct fs *fs, int64_t row)
{
	bool loose = false;

	while (row && !loose) {
		struct drop d;

		if (inbox_get(fs->p, row, &d, NULL) < 0)
			return false;
		loose = tempname_is(d.name) || (!d.parent_row && !d.task_row);
		row = d.parent_row;
		row_release(&drop_table, &d);
	}
	return loose;
}

static void watch(struct folders *f, int64_t row, int64_t due_ms)
{
	size_t i = 0;

	pthread_mutex_lock(&f->lock);
	while (i < f->n_open && f->open[i].row != row)
		i++;
	if (i == f->n_open) {
		f->open = xrealloc(f->open, (f->n_open + 1) * sizeof(*f->open));
		f->open[f->n_open++].row = row;
	}
	f->open[i].due_ms = due_ms;
	pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static int64_t top_of(struct fs *fs, int64_t row)
{
	int64_t up;

	while ((up = parent_of(fs, row)))
		row = up;
	return row;
}

void folder_stir(struct fs *fs, int64_t folder_row)
{
	watch(fs->folders, top_of(fs, folder_row), clock_mono_ms() + settings_int(fs->p, SETTING_FOLDER_QUIET) * 1000);
}

void folder_doubt(struct fs *fs, int64_t file_row)
{
	watch(fs->folders, file_row, clock_mono_ms() + DOUBTFUL_MS);
}

int folder_submit(struct fs *fs, int64_t folder_row, const struct actor *who, struct err *e)
{
	struct inbox box;
	struct drop d;
	int64_t task_row;
	int rc;

	folder_row = top_of(fs, folder_row);
	rc = inbox_get(fs->p, folder_row, &d, e);
	if (rc < 0)
		return rc;
	folder_box_of(&d, &box);
	row_release(&drop_table, &d);
	return inbox_submit(fs->p, &box, folder_row, who, &task_row, e);
}

/* What is refused for a reason stays as it is until something happens in it; a full disk may have room later. */
static bool may_pass(int rc)
{
	static const int passing[] = { -EIO, -ENOSPC, -EDQUOT, -ENOMEM, -EAGAIN, -EBUSY };

	for (size_t i = 0; i < N_ELEMS(passing); i++)
		if (rc == passing[i])
			return true;
	return false;
}

static void watch_on(struct folders *f, int64_t row, int64_t at_least_ms)
{
	int64_t ms = settings_int(f->fs->p, SETTING_FOLDER_QUIET) * 1000;

	watch(f, row, clock_mono_ms() + (ms > at_least_ms ? ms : at_least_ms));
}

/* Its time has come: a folder that was quiet, or a file that kept a doubtful name. Temporary names wait for ever. */
static int submit_now(struct fs *fs, const struct drop *d, struct err *e)
{
	struct actor who;

	if (d->task_row || d->ended_at || tempname_is(d->name))
		return 0;
	actor_of(fs->p, (uid_t)d->uid, &who);
	return d->is_dir ? folder_submit(fs, d->row_id, &who, e) : upload_submit(fs, d->row_id, &who, e);
}

static void submit_quiet(struct folders *f, int64_t row)
{
	struct err e = ERR_INIT;
	struct drop d;
	int rc;

	if (upload_in_folder(f->fs, row)) { /* its release will stir it */
		watch_on(f, row, 0);
		return;
	}
	rc = inbox_get(f->fs->p, row, &d, NULL);
	if (may_pass(rc))
		watch_on(f, row, AGAIN_MS);
	if (rc < 0)
		return;
	rc = submit_now(f->fs, &d, &e);
	if (rc < 0 && rc != -ENODATA)
		log_error("'%s' could not be submitted: %s", d.name, e.text);
	if (may_pass(rc))
		watch_on(f, row, AGAIN_MS);
	row_release(&drop_table, &d);
}

/* The next folder whose time has come is taken out; with the lock held. 0 for none, *next_ms is the next time. */
static int64_t take_due(struct folders *f, int64_t *next_ms)
{
	int64_t now = clock_mono_ms();

	*next_ms = -1;
	for (size_t i = 0; i < f->n_open; i++) {
		int64_t row = f->open[i].row;

		if (f->open[i].due_ms <= now) {
			f->open[i] = f->open[--f->n_open];
			return row;
		}
		if (*next_ms < 0 || f->open[i].due_ms < *next_ms)
			*next_ms = f->open[i].due_ms;
	}
	return 0;
}

static void *run(void *arg)
{
	struct folders *f = arg;
	int64_t row, next_ms;

	pthread_mutex_lock(&f->lock);
	while (!f->stopping) {
		row = take_due(f, &next_ms);
		if (!row) {
			cond_wait_until(&f->changed, &f->lock, next_ms);
			continue;
		}
		pthread_mutex_unlock(&f->lock);
		submit_quiet(f, row);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

static int watch_again(void *row, void *ud)
{
	const struct drop *d = row;
	struct fs *fs = ud;

	if (!d->is_dir)
		folder_doubt(fs, d->row_id);
	else if (!d->parent_row)
		watch(fs->folders, d->row_id, clock_mono_ms() + settings_int(fs->p, SETTING_FOLDER_QUIET) * 1000);
	return 0;
}

int folders_start(struct fs *fs, struct err *e)
{
	struct folders *f = xcalloc(1, sizeof(*f));
	int rc;

	f->fs = fs;
	fs->folders = f;
	pthread_mutex_init(&f->lock, NULL);
	cond_init(&f->changed);
	rc = inbox_each_open(fs->p, watch_again, fs, e);
	if (rc == 0)
		rc = -pthread_create(&f->thread, NULL, run, f);
	if (rc < 0) {
		free(f->open);
		free(f);
		fs->folders = NULL;
	}
	return rc;
}

void folders_stop(struct fs *fs)
{
	struct folders *f = fs->folders;

	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	free(f->open);
	free(f->box);
	free(f);
	fs->folders = NULL;
}
