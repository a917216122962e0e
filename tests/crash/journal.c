#include "tests/crash/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"

#define N_BUCKETS 4096

struct facts {
	struct fact *bucket[N_BUCKETS];
};

static const char *const words[N_FACT_KINDS] = {
	[FACT_DOCUMENT] = "document", [FACT_PURGED] = "purged", [FACT_RECEIPT] = "receipt", [FACT_STATE] = "state",
	[FACT_NAME] = "name",         [FACT_TRASH] = "trash",   [FACT_TEXT] = "text",       [FACT_PARTY] = "party",
};

const char *fact_word(enum fact_kind kind)
{
	return words[kind];
}

int journal_open(const char *dir, const char *worker)
{
	auto_free char *path = xasprintf("%s/%s", dir, worker);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

void journal_mark(int fd, char mark, enum fact_kind kind, const char *key, const char *value)
{
	auto_free char *line = xasprintf("%c %s %s %s\n", mark, words[kind], key, value);

	if (io_write_all(fd, line, strlen(line)) < 0) {
		perror("journal");
		exit(1);
	}
}

static struct fact **slot(const struct facts *fs, enum fact_kind kind, const char *key)
{
	unsigned h = kind;
	struct fact **at;

	for (const char *c = key; *c; c++)
		h = h * 31 + (unsigned char)*c;
	at = (struct fact **)&fs->bucket[h % N_BUCKETS];
	while (*at && ((*at)->kind != kind || !streq((*at)->key, key)))
		at = &(*at)->next;
	return at;
}

struct fact *facts_find(const struct facts *fs, enum fact_kind kind, const char *key)
{
	return *slot(fs, kind, key);
}

static struct fact *get(struct facts *fs, enum fact_kind kind, const char *key)
{
	struct fact **at = slot(fs, kind, key);

	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->kind = kind;
		(*at)->key = xstrdup(key);
	}
	return *at;
}

static void settle(struct fact *f, const char *acked)
{
	for (size_t i = 0; i < f->n_maybe; i++)
		free(f->maybe[i]);
	f->n_maybe = 0;
	free(f->acked);
	f->acked = xstrdup(acked);
}

static void take(struct fact *f, char mark, const char *value)
{
	if (mark == 'A') {
		settle(f, value);
	} else if (mark == 'T') {
		f->maybe = xrealloc(f->maybe, (f->n_maybe + 1) * sizeof(*f->maybe));
		f->maybe[f->n_maybe++] = xstrdup(value);
	} else if (mark == 'N' && f->n_maybe > 0) {
		free(f->maybe[--f->n_maybe]);
	}
}

static void read_line(struct facts *fs, char *line)
{
	char *rest = NULL, *mark = strtok_r(line, " ", &rest), *word = strtok_r(NULL, " ", &rest);
	char *key = strtok_r(NULL, " ", &rest), *value = strtok_r(NULL, "\n", &rest);

	for (unsigned k = 0; value && k < N_FACT_KINDS; k++)
		if (streq(words[k], word))
			take(get(fs, k, key), *mark, value);
}

static void read_file(struct facts *fs, const char *path)
{
	FILE *f = fopen(path, "re");
	auto_free char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0)
		read_line(fs, line);
	if (f)
		fclose(f);
}

struct facts *journals_read(const char *dir)
{
	struct facts *fs = xcalloc(1, sizeof(*fs));
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		auto_free char *path = xasprintf("%s/%s", dir, entry->d_name);

		if (entry->d_name[0] != '.')
			read_file(fs, path);
	}
	if (d)
		closedir(d);
	return fs;
}

void facts_each(const struct facts *fs, void (*fn)(struct fact *f, void *ud), void *ud)
{
	for (size_t i = 0; i < N_BUCKETS; i++)
		for (struct fact *f = fs->bucket[i]; f; f = f->next)
			fn(f, ud);
}

bool fact_allows(const struct fact *f, const char *value)
{
	if (f->acked && streq(f->acked, value))
		return true;
	for (size_t i = 0; i < f->n_maybe; i++)
		if (streq(f->maybe[i], value))
			return true;
	return !f->acked;
}
