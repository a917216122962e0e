#include "model/warm.h"

#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE_BYTES (1 << 20)
/* linux/ioprio.h is missing on older systems */
#define IOPRIO_OF_PROCESS 1
#define IOPRIO_IDLE       (3 << 13)

struct warmer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	char **path, **read; /* wanted, and those of them that were read */
	size_t n, n_read;
	uint64_t budget, bytes;
	unsigned turn; /* rises with each warmer_want: what is being read may be wanted no more */
	bool stopping;
};

static bool goes_on(struct warmer *w, unsigned turn)
{
	bool on;

	pthread_mutex_lock(&w->lock);
	on = !w->stopping && w->turn == turn;
	pthread_mutex_unlock(&w->lock);
	return on;
}

static void read_file(struct warmer *w, const char *path, unsigned turn, char *piece)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && goes_on(w, turn)) {
		n = read(fd, piece, PIECE_BYTES);
		if (n <= 0)
			continue;
		pthread_mutex_lock(&w->lock);
		w->bytes += (uint64_t)n;
		pthread_mutex_unlock(&w->lock);
	}
}

struct reading {
	struct warmer *w;
	unsigned turn;
	char *piece;
};

/* fn for each file below path; links are followed: a cache's snapshot is made of them. The sum of what it returns. */
static uint64_t each_file(struct reading *r, const char *path, uint64_t (*fn)(const FTSENT *file, void *ud))
{
	char *const roots[] = { (char *)path, NULL };
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	uint64_t sum = 0;
	FTSENT *file;

	while (tree && goes_on(r->w, r->turn) && (file = fts_read(tree)))
		if (file->fts_info == FTS_F)
			sum += fn(file, r);
	if (tree)
		fts_close(tree);
	return sum;
}

static uint64_t size_of(const FTSENT *file, void *ud UNUSED)
{
	return (uint64_t)file->fts_statp->st_size;
}

static uint64_t read_one(const FTSENT *file, void *ud)
{
	const struct reading *r = ud;

	read_file(r->w, file->fts_accpath, r->turn, r->piece);
	return 0;
}

static bool is_in(char *const *list, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (streq(list[i], path))
			return true;
	return false;
}

static void note_read(struct warmer *w, const char *path)
{
	if (is_in(w->read, w->n_read, path))
		return;
	w->read = xrealloc(w->read, (w->n_read + 1) * sizeof(*w->read));
	w->read[w->n_read++] = xstrdup(path);
}

/* With the lock, which it leaves to look at files. */
static void read_all(struct warmer *w, char *piece)
{
	uint64_t left = w->budget;
	unsigned turn = w->turn;

	for (size_t i = 0; !w->stopping && w->turn == turn && i < w->n; i++) {
		auto_free char *path = xstrdup(w->path[i]);
		bool known = is_in(w->read, w->n_read, path);
		struct reading r = { w, turn, piece };
		uint64_t size;

		pthread_mutex_unlock(&w->lock);
		size = each_file(&r, path, size_of);
		if (!known && size <= left)
			each_file(&r, path, read_one);
		pthread_mutex_lock(&w->lock);
		if (size > left)
			continue;
		left -= size;
		if (w->turn == turn && !w->stopping)
			note_read(w, path);
	}
}

static void *run(void *arg)
{
	struct warmer *w = arg;
	auto_free char *piece = xmalloc(PIECE_BYTES);
	unsigned done = 0;

	sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){ 0 });
	syscall(SYS_ioprio_set, IOPRIO_OF_PROCESS, 0, IOPRIO_IDLE);
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		if (w->turn == done) {
			pthread_cond_wait(&w->more, &w->lock);
			continue;
		}
		done = w->turn;
		read_all(w, piece);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static void free_warmer(struct warmer *w)
{
	free_list(w->path, w->n);
	free_list(w->read, w->n_read);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct warmer *warmer_start(void)
{
	struct warmer *w = xcalloc(1, sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	if (pthread_create(&w->thread, NULL, run, w) == 0)
		return w;
	free_warmer(w);
	return NULL;
}

void warmer_stop(struct warmer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	free_warmer(w);
}

/* What is wanted no more may fall out of the cache: it is read again when it is wanted again. */
static void forget_unwanted(struct warmer *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n_read; i++)
		if (is_in(w->path, w->n, w->read[i]))
			w->read[kept++] = w->read[i];
		else
			free(w->read[i]);
	w->n_read = kept;
}

void warmer_want(struct warmer *w, const char *const *path, size_t n, uint64_t budget)
{
	pthread_mutex_lock(&w->lock);
	free_list(w->path, w->n);
	w->path = xcalloc(n ? n : 1, sizeof(*w->path));
	for (size_t i = 0; i < n; i++)
		w->path[i] = xstrdup(path[i]);
	w->n = n;
	w->budget = budget;
	w->turn++;
	forget_unwanted(w);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

uint64_t warmer_bytes(struct warmer *w)
{
	uint64_t bytes;

	pthread_mutex_lock(&w->lock);
	bytes = w->bytes;
	pthread_mutex_unlock(&w->lock);
	return bytes;
}
