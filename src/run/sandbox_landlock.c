/* The kernel's own header may be older than the kernel, so what is newer than ABI 1 is named here. */
#include "run/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ACCESS_FS_REFER     (1ULL << 13) /* ABI 2 */
#define ACCESS_FS_TRUNCATE  (1ULL << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define ACCESS_NET_TCP      3ULL         /* bind and connect, ABI 4 */
#define SCOPES              3ULL         /* abstract sockets and signals, ABI 6 */

#define ACCESS_ABI1 ((1ULL << 13) - 1)
#define READS       (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_BITS                                                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 ACCESS_FS_TRUNCATE | ACCESS_FS_IOCTL_DEV)

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

static const uint64_t rights[] = {
	[SANDBOX_READ] = READS,
	[SANDBOX_RUN] = READS | LANDLOCK_ACCESS_FS_EXECUTE,
	[SANDBOX_WRITE] = READS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
			  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
			  LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM |
			  ACCESS_FS_REFER | ACCESS_FS_TRUNCATE,
	[SANDBOX_DEVICE] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_FS_IOCTL_DEV,
};

static uint64_t handled_fs(int abi)
{
	uint64_t fs = ACCESS_ABI1;

	if (abi >= 2)
		fs |= ACCESS_FS_REFER;
	if (abi >= 3)
		fs |= ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		fs |= ACCESS_FS_IOCTL_DEV;
	return fs;
}

int sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static int new_ruleset(int abi, bool network)
{
	struct ruleset_attr attr = { .fs = handled_fs(abi), .net = network ? 0 : ACCESS_NET_TCP, .scoped = SCOPES };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd = syscall(SYS_landlock_create_ruleset, &attr, size, 0);

	return fd < 0 ? -errno : (int)fd;
}

/* A path that is not there needs no rule. */
static int allow(int ruleset, int abi, const char *path, enum sandbox_access access)
{
	struct landlock_path_beneath_attr beneath;
	auto_close int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;
	struct stat sb;

	if (fd < 0 || fstat(fd, &sb) < 0)
		return 0;
	beneath.parent_fd = fd;
	beneath.allowed_access = rights[access] & handled_fs(abi);
	if (!S_ISDIR(sb.st_mode))
		beneath.allowed_access &= FILE_BITS;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		return -errno;
	return 0;
}

static int allow_all(int ruleset, int abi, const struct sandbox_spec *spec, bool view)
{
	int rc = 0;

	for (const struct sandbox_path *p = sandbox_paths; rc == 0 && p->path; p++)
		rc = allow(ruleset, abi, p->path, p->access);
	for (const char *const *d = spec->dirs; rc == 0 && d && *d; d++)
		rc = allow(ruleset, abi, *d, SANDBOX_RUN);
	for (const char *const *d = spec->devices; rc == 0 && d && *d; d++)
		rc = allow(ruleset, abi, *d, SANDBOX_DEVICE);
	if (rc == 0 && spec->work_dir)
		rc = allow(ruleset, abi, view ? SANDBOX_WORK : spec->work_dir, SANDBOX_WRITE);
	if (rc == 0)
		rc = allow(ruleset, abi, view ? SANDBOX_IN : spec->in_dir, SANDBOX_READ);
	if (rc == 0)
		rc = allow(ruleset, abi, view ? "/tmp" : spec->tmp_dir, SANDBOX_WRITE);
	/* on the host's /proc only our own directory */
	if (rc == 0)
		rc = allow(ruleset, abi, view ? "/proc" : "/proc/self", SANDBOX_READ);
	return rc;
}

int sandbox_landlock(int abi, const struct sandbox_spec *spec, bool view, const char **what)
{
	auto_close int ruleset = new_ruleset(abi, spec->network);
	int rc;

	*what = "make a Landlock ruleset";
	if (ruleset < 0)
		return ruleset;
	rc = allow_all(ruleset, abi, spec, view);
	if (rc < 0)
		return rc;
	*what = "apply the Landlock ruleset";
	return syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
}
