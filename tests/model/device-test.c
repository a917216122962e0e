/*
 * Where models can be. The libraries of NVIDIA are fake-nvml.so and fake-cuda.so, found as the real ones are: the test
 * runs itself again with a directory in front of LD_LIBRARY_PATH, in which each case links what it wants found.
 */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "model/device.h"
#include "model/ram.h"

#define MIB    ((uint64_t)1 << 20)
#define NOBODY 65534

static const char *fakes; /* the directory of the libraries' links */
static char built[4096];  /* where the fakes themselves are */

/* Make the library found: the fake of that name, or with NULL one that cannot be loaded, also where a real one is. */
static void provide(const char *library, const char *fake)
{
	auto_free char *link = xasprintf("%s/%s", fakes, library);
	auto_free char *target = fake ? xasprintf("%s/%s", built, fake) : xstrdup("/dev/null");

	unlink(link);
	assert_int_equal(symlink(target, link), 0);
}

/* Two GPUs whose numbers are not in the order of the bus. */
static int forget(void **state UNUSED)
{
	static const char *const names[] = {
		"FAKE_FAIL", "FAKE_PROCESSES0",      "FAKE_PROCESSES1", "FAKE_CUDA_GPUS", "FAKE_CUDA_FAIL",
		"FAKE_GPUS", "CUDA_VISIBLE_DEVICES", "FAKE_CUDA0",      "FAKE_CUDA1"
	};

	for (size_t i = 0; i < N_ELEMS(names); i++)
		unsetenv(names[i]);
	setenv("FAKE_GPU0", "NVIDIA L4|GPU-bbbb|0:65:0|24000000000|400000000|100000000", 1);
	setenv("FAKE_GPU1", "NVIDIA H100 80GB HBM3|GPU-aaaa|0:17:0|80000000000|600000000|30000000000", 1);
	provide("libnvidia-ml.so.1", "fake-nvml.so");
	return 0;
}

static struct devices *open_devices(uint64_t ram_bytes)
{
	struct devices *d = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(devices_open(ram_bytes, &d, &e), 0);
	return d;
}

static struct devices *open_two(void)
{
	setenv("FAKE_GPUS", "2", 1);
	return open_devices(0);
}

static void assert_ram_alone(struct devices *d)
{
	const struct device *all;

	assert_int_equal(devices_all(d, &all), 1);
	assert_string_equal(all[0].name, "ram0");
	assert_string_equal(all[0].title, "main memory");
	assert_string_equal(all[0].uuid, "");
	assert_false(all[0].is_gpu);
}

static void assert_memory(struct devices *d, size_t i, uint64_t ours, uint64_t total, uint64_t unused, uint64_t used)
{
	struct device_memory m;
	struct err e = ERR_INIT;

	assert_int_equal(devices_memory(d, i, ours, &m, &e), 0);
	assert_int_equal(m.total, total);
	assert_int_equal(m.free, unused);
	assert_int_equal(m.used, used);
}

/* What each process of a server does: hold the memory of memfd, say its number, and end when the rope is let go. */
static void serve(int memfd, size_t bytes, int up, int rope)
{
	void *held = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memfd, 0);
	pid_t own = getpid();
	char end;

	if (held == MAP_FAILED || write(up, &own, sizeof(own)) != sizeof(own))
		_exit(1);
	while (read(rope, &end, 1) > 0)
		;
	while (wait(NULL) > 0)
		;
	_exit(0);
}

/*
 * A server: a process with a child, which share bytes of memory. Returns its pid when both hold them, *worker is the
 * child's. It ends when *rope is closed.
 */
static pid_t start_server(size_t bytes, bool undumpable, pid_t *worker, int *rope)
{
	int up[2], down[2], memfd = memfd_create("weights", MFD_CLOEXEC);
	pid_t pid, said[2];

	assert_int_equal(pipe2(up, O_CLOEXEC) | pipe2(down, O_CLOEXEC) | ftruncate(memfd, (off_t)bytes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(down[1]);
		if (undumpable)
			prctl(PR_SET_DUMPABLE, 0);
		fork();
		serve(memfd, bytes, up[1], down[0]);
	}
	close(memfd);
	close(up[1]);
	close(down[0]);
	*rope = down[1];
	assert_int_equal(read(up[0], &said[0], sizeof(pid)), sizeof(pid));
	assert_int_equal(read(up[0], &said[1], sizeof(pid)), sizeof(pid));
	close(up[0]);
	*worker = said[0] == pid ? said[1] : said[0];
	return pid;
}

static void stop_server(pid_t pid, int rope)
{
	close(rope);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_missing(void **state UNUSED)
{
	struct devices *d;

	provide("libnvidia-ml.so.1", NULL);
	provide("libcuda.so.1", NULL);
	d = open_devices(0);
	assert_ram_alone(d);
	devices_close(d);
	devices_close(NULL);
	provide("libcuda.so.1", "fake-cuda.so");
}

static void test_ram(void **state UNUSED)
{
	struct devices *d = open_devices(200 * MIB);
	struct err e = ERR_INIT;

	assert_ram_alone(d);
	assert_int_equal(devices_find(d, "ram0"), 0);
	assert_int_equal(devices_find(d, "gpu0"), -1);
	assert_memory(d, 0, 0, 200 * MIB, 200 * MIB, 0);
	assert_memory(d, 0, 70 * MIB, 200 * MIB, 130 * MIB, 70 * MIB);
	assert_memory(d, 0, 230 * MIB, 200 * MIB, 0, 230 * MIB);

	assert_int_equal(devices_set_total(d, 0, 100 * MIB, &e), 0);
	assert_memory(d, 0, 70 * MIB, 100 * MIB, 30 * MIB, 70 * MIB);
	assert_int_equal(devices_set_total(d, 0, 0, &e), -ERANGE);
	assert_int_equal(devices_set_total(d, 0, ram_total() + 1, &e), -ERANGE);
	assert_non_null(strstr(e.text, "ram0"));
	assert_int_equal(devices_set_total(d, 0, ram_total(), &e), 0);
	devices_close(d);
}

static void test_ram_bounds(void **state UNUSED)
{
	struct devices *d = open_devices(0);

	assert_memory(d, 0, 0, ram_total() / 2, ram_total() / 2, 0);
	devices_close(d);
	d = open_devices(ram_total() + MIB);
	assert_memory(d, 0, 0, ram_total(), ram_total(), 0);
	devices_close(d);
}

static void test_ram_environment(void **state UNUSED)
{
	struct devices *d = open_devices(0);
	char env[3][128];

	assert_int_equal(devices_environment(d, 0, env), 1);
	assert_string_equal(env[0], "CUDA_VISIBLE_DEVICES=");
	devices_close(d);
}

/* The two processes share the 128 MiB: they count once. */
static void test_ram_process(void **state UNUSED)
{
	struct devices *d = open_devices(0);
	pid_t worker, server;
	int64_t whole, half;
	int rope;

	server = start_server(128 * MIB, false, &worker, &rope);
	whole = devices_process(d, 0, server);
	half = devices_process(d, 0, worker);
	assert_true(whole >= (int64_t)(128 * MIB));
	assert_true(whole < (int64_t)(224 * MIB));
	assert_true(half < (int64_t)(128 * MIB));
	stop_server(server, rope);
	assert_int_equal(devices_process(d, 0, server), 0);
	devices_close(d);
}

/* Of a process that nobody may look into only what is resident can be read. */
static void test_ram_resident(void **state UNUSED)
{
	struct devices *d = open_devices(0);
	pid_t worker, server;
	int64_t bytes;
	int rope;

	server = start_server(16 * MIB, true, &worker, &rope);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	bytes = devices_process(d, 0, worker);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_true(bytes >= (int64_t)(16 * MIB));
	stop_server(server, rope);
	devices_close(d);
}

/* A file below /dev that is /dev/null, as it was before: made in a /dev of our own. */
static bool make_device(const char *path, int null)
{
	char from[64];
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	snprintf(from, sizeof(from), "/proc/self/fd/%d", null);
	return fd >= 0 && mount(from, path, NULL, MS_BIND, NULL) == 0;
}

/* In a process of its own: 77 where no /dev of our own can be had, else 0 when the files are those that they must be.
 */
static int files_in_own_dev(struct devices *d, struct devices *ram)
{
	static const char *const devices[] = { "/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm" };
	static const char *const expected[] = { "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidia1" };
	auto_free char **files = NULL, **none = NULL;
	int null, text;
	size_t n = 0;

	if ((unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || mount("none", "/dev", "tmpfs", 0, NULL) < 0)
		return 77;
	for (size_t i = 0; i < N_ELEMS(devices); i++) {
		if (!make_device(devices[i], null))
			return 77;
	}
	text = open("/dev/nvidia2", O_WRONLY | O_CREAT | O_CLOEXEC, 0600); /* no device */
	if (text < 0 || mkdir("/dev/nvidia-caps", 0700) < 0)
		return 1;
	for (files = devices_files(d, 0); files[n]; n++) {
		if (n == N_ELEMS(expected) || !streq(files[n], expected[n]))
			return 2;
	}
	none = devices_files(ram, 0);
	return n == N_ELEMS(expected) && !none[0] ? 0 : 3;
}

static void test_files(void **state UNUSED)
{
	struct devices *ram = open_devices(0), *d = open_two();
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(files_in_own_dev(d, ram));
	devices_close(d);
	devices_close(ram);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# a /dev of our own cannot be had here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_two_gpus(void **state UNUSED)
{
	struct devices *d = open_two();
	const struct device *all;
	char env[3][128];

	assert_int_equal(devices_all(d, &all), 2);
	assert_string_equal(all[0].name, "gpu0");
	assert_string_equal(all[0].title, "NVIDIA H100 80GB HBM3");
	assert_string_equal(all[0].uuid, "GPU-aaaa");
	assert_true(all[0].is_gpu);
	assert_string_equal(all[1].name, "gpu1");
	assert_string_equal(all[1].title, "NVIDIA L4");
	assert_string_equal(all[1].uuid, "GPU-bbbb");
	assert_int_equal(all[1].ordinal, 1);
	assert_int_equal(devices_find(d, "gpu1"), 1);
	assert_int_equal(devices_find(d, "ram0"), -1);

	assert_int_equal(devices_environment(d, 1, env), 2);
	assert_string_equal(env[0], "CUDA_DEVICE_ORDER=PCI_BUS_ID");
	assert_string_equal(env[1], "CUDA_VISIBLE_DEVICES=1");
	devices_close(d);
}

/* What others hold is used, whatever we think is ours; what the driver keeps is neither used nor free. */
static void test_gpu_memory(void **state UNUSED)
{
	struct devices *d = open_two();
	struct err e = ERR_INIT;

	assert_memory(d, 0, 5, 80000000000, 49400000000, 30000000000);
	assert_memory(d, 1, 0, 24000000000, 23500000000, 100000000);
	setenv("FAKE_GPU0", "NVIDIA L4|GPU-bbbb|0:65:0|24000000000|400000000|20100000000", 1);
	assert_memory(d, 1, 0, 24000000000, 3500000000, 20100000000);
	assert_int_equal(devices_set_total(d, 1, MIB, &e), -EPERM);
	assert_non_null(strstr(e.text, "gpu1"));
	devices_close(d);
}

/* What others say of a process's memory on GPU 0 of NVML, which is gpu1. */
static int64_t process_bytes(struct devices *d, pid_t root, const char *fmt, pid_t a, pid_t b)
{
	char text[256];

	snprintf(text, sizeof(text), fmt, (int)a, (int)b);
	setenv("FAKE_PROCESSES0", text, 1);
	return devices_process(d, 1, root);
}

static void assert_processes(struct devices *d)
{
	pid_t worker, server, other = getpid();
	int rope;

	server = start_server(4096, false, &worker, &rope);
	assert_int_equal(process_bytes(d, server, "%d:3000 %d:7000", other, worker), 7000);
	assert_int_equal(process_bytes(d, server, "%d:3000 %d:7000", server, worker), 10000);
	assert_int_equal(process_bytes(d, worker, "%d:3000 %d:7000", server, worker), 7000);
	assert_int_equal(process_bytes(d, server, "%d:3000", other, 0), 0);
	assert_int_equal(process_bytes(d, server, "", 0, 0), 0);
	/* not available: for others that does not matter */
	assert_int_equal(process_bytes(d, server, "%d:3000 %d:", server, worker), -ENOTSUP);
	assert_int_equal(process_bytes(d, server, "%d: %d:7000", other, worker), 7000);
	stop_server(server, rope);
	/* the number is nobody's now: the driver counts processes as another namespace does */
	assert_int_equal(process_bytes(d, other, "%d:3000", worker, 0), -ENOTSUP);
	assert_int_equal(process_bytes(d, other, "%d:3000 %d:5000", worker, other), 5000);
}

static void test_gpu_process(void **state UNUSED)
{
	struct devices *d = open_two();

	assert_processes(d);
	setenv("FAKE_FAIL", "nvmlDeviceGetComputeRunningProcesses_v2 0 3", 1);
	assert_int_equal(devices_process(d, 1, getpid()), -ENOTSUP);
	assert_int_equal(devices_process(d, 0, getpid()), 0);
	devices_close(d);
}

static void test_many_processes(void **state UNUSED)
{
	struct devices *d = open_two();
	auto_buf text = BUF_INIT;

	for (int i = 0; i < 200; i++)
		buf_printf(&text, "%d:10 ", (int)getppid());
	buf_printf(&text, "%d:77", (int)getpid());
	setenv("FAKE_PROCESSES0", buf_str(&text), 1);
	assert_int_equal(devices_process(d, 1, getpid()), 77);
	devices_close(d);
}

/* Before 510 what the driver keeps counts as used, and records of processes are shorter. */
static void test_old_library(void **state UNUSED)
{
	struct devices *d;

	provide("libnvidia-ml.so.1", "fake-nvml-old.so");
	d = open_two();
	assert_memory(d, 0, 0, 80000000000, 49400000000, 30600000000);
	assert_processes(d);
	devices_close(d);
}

static void test_lacking_library(void **state UNUSED)
{
	struct devices *d;

	provide("libnvidia-ml.so.1", "fake-nvml-lacking.so");
	d = open_two();
	assert_ram_alone(d);
	devices_close(d);
}

static void test_no_driver(void **state UNUSED)
{
	static const char *const fails[] = { "nvmlInit_v2 0 9", "nvmlInit_v2 0 18", "nvmlDeviceGetCount_v2 0 999" };

	for (size_t i = 0; i < N_ELEMS(fails); i++) {
		struct devices *d;

		setenv("FAKE_FAIL", fails[i], 1);
		d = open_two();
		assert_ram_alone(d);
		devices_close(d);
	}
}

static void test_lost_before(void **state UNUSED)
{
	static const char *const fails[] = { "nvmlDeviceGetHandleByIndex_v2 0 15", "nvmlDeviceGetPciInfo_v3 0 15",
					     "nvmlDeviceGetName 0 15", "nvmlDeviceGetUUID 0 15",
					     "nvmlDeviceGetMemoryInfo_v2 0 3" };

	for (size_t i = 0; i < N_ELEMS(fails); i++) {
		struct devices *d;
		const struct device *all;

		setenv("FAKE_FAIL", fails[i], 1);
		d = open_two();
		assert_int_equal(devices_all(d, &all), 1);
		assert_string_equal(all[0].uuid, "GPU-aaaa");
		devices_close(d);
	}
}

static void test_lost_later(void **state UNUSED)
{
	struct devices *d = open_two();
	struct device_memory m;
	struct err e = ERR_INIT;

	setenv("FAKE_FAIL", "nvmlDeviceGetMemoryInfo_v2 0 15", 1);
	assert_int_equal(devices_memory(d, 1, 0, &m, &e), -EIO);
	assert_string_equal(e.text, "gpu1: its memory cannot be read: GPU is lost (NVML error 15)");
	assert_memory(d, 0, 0, 80000000000, 49400000000, 30000000000);
	setenv("FAKE_FAIL", "nvmlDeviceGetComputeRunningProcesses_v2 0 15", 1);
	assert_int_equal(devices_process(d, 1, getpid()), -EIO);
	devices_close(d);
}

/* What CUDA would not show to ourselves is not ours to fill; the numbers stay those of the bus. */
static void test_visible(void **state UNUSED)
{
	static const struct {
		const char *list, *uuid, *name;
	} cases[] = {
		{ "1", "GPU-bbbb", "gpu1" },
		{ "GPU-aa", "GPU-aaaa", "gpu0" },
		{ "5,GPU-bbbb", "GPU-bbbb", "gpu1" },
	};
	static const char *const none[] = { "", "-1", "NoDevFiles" };
	const struct device *all;
	struct devices *d;

	for (size_t i = 0; i < N_ELEMS(cases); i++) {
		setenv("CUDA_VISIBLE_DEVICES", cases[i].list, 1);
		d = open_two();
		assert_int_equal(devices_all(d, &all), 1);
		assert_string_equal(all[0].name, cases[i].name);
		assert_string_equal(all[0].uuid, cases[i].uuid);
		devices_close(d);
	}
	for (size_t i = 0; i < N_ELEMS(none); i++) {
		setenv("CUDA_VISIBLE_DEVICES", none[i], 1);
		d = open_two();
		assert_ram_alone(d);
		devices_close(d);
	}
}

static void set_cuda_gpus(void)
{
	setenv("FAKE_CUDA_GPUS", "2", 1);
	setenv("FAKE_CUDA0", "NVIDIA A|0000:65:00.0|4000000000|171", 1);
	setenv("FAKE_CUDA1", "NVIDIA B|0000:17:00.0|2000000000|0", 1);
}

/* Without NVML nothing is known of others; a GPU without a UUID is named by its number. */
static void assert_cuda_gpus(struct devices *d)
{
	const struct device *all;
	char env[3][128];

	assert_int_equal(devices_all(d, &all), 2);
	assert_string_equal(all[0].name, "gpu0");
	assert_string_equal(all[0].title, "NVIDIA B");
	assert_string_equal(all[0].uuid, "");
	assert_string_equal(all[1].title, "NVIDIA A");
	assert_string_equal(all[1].uuid, "GPU-abababab-abab-abab-abab-abababababab");
	assert_memory(d, 0, 0, 2000000000, 2000000000, 0);
	assert_memory(d, 1, 1500000000, 4000000000, 2500000000, 1500000000);
	assert_int_equal(devices_process(d, 1, getpid()), -ENOTSUP);
	assert_int_equal(devices_environment(d, 0, env), 2);
	assert_string_equal(env[1], "CUDA_VISIBLE_DEVICES=0");
	assert_int_equal(devices_environment(d, 1, env), 2);
	assert_string_equal(env[1], "CUDA_VISIBLE_DEVICES=GPU-abababab-abab-abab-abab-abababababab");
}

static void test_cuda_driver(void **state UNUSED)
{
	struct devices *d;

	provide("libnvidia-ml.so.1", NULL);
	set_cuda_gpus();
	d = open_devices(0);
	assert_cuda_gpus(d);
	devices_close(d);
}

static void test_cuda_fails(void **state UNUSED)
{
	static const char *const fails[] = { "cuInit 999", "cuDeviceGet 101", "cuDeviceGetName 1",
					     "cuDeviceTotalMem_v2 1", "cuDeviceGetPCIBusId 1" };

	set_cuda_gpus();
	for (size_t i = 0; i < N_ELEMS(fails); i++) {
		struct devices *d;

		setenv("FAKE_CUDA_FAIL", fails[i], 1);
		d = open_devices(0);
		assert_ram_alone(d);
		devices_close(d);
	}
}

static void test_cuda_runtime(void **state UNUSED)
{
	struct devices *d;

	provide("libcudart.so.12", "fake-cudart.so");
	set_cuda_gpus();
	setenv("FAKE_CUDA_FAIL", "cuInit 999", 1);
	d = open_devices(0);
	assert_cuda_gpus(d);
	devices_close(d);
	/* a runtime that is newer than the driver is good for nothing, the driver by itself is */
	setenv("FAKE_CUDA_FAIL", "cudaGetDeviceCount 35", 1);
	d = open_devices(0);
	assert_cuda_gpus(d);
	devices_close(d);
}

static int find_fakes(void)
{
	static const char *const unwanted[] = { "libcudart.so.13", "libcudart.so.12", "libcudart.so.11.0",
						"libcudart.so" };
	ssize_t n = readlink("/proc/self/exe", built, sizeof(built) - 1);

	if (n < 0)
		return -1;
	built[n] = '\0';
	dirname(built);
	for (size_t i = 0; i < N_ELEMS(unwanted); i++)
		provide(unwanted[i], NULL);
	return 0;
}

static int run_again(char **argv)
{
	char dir[] = "/tmp/0711fs-device-test.XXXXXX";
	const char *before = getenv("LD_LIBRARY_PATH");
	auto_free char *path = NULL;

	if (!mkdtemp(dir))
		return 1;
	path = before ? xasprintf("%s:%s", dir, before) : xstrdup(dir);
	setenv("LD_LIBRARY_PATH", path, 1);
	setenv("FAKE_LIBRARIES", dir, 1);
	execv("/proc/self/exe", argv);
	return 1;
}

/* The first case must come first and the last last: CUDA's libraries stay loaded once they were found. */
int main(int argc UNUSED, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_missing, forget),
		cmocka_unit_test_setup(test_ram, forget),
		cmocka_unit_test_setup(test_ram_bounds, forget),
		cmocka_unit_test_setup(test_ram_environment, forget),
		cmocka_unit_test_setup(test_ram_process, forget),
		cmocka_unit_test_setup(test_ram_resident, forget),
		cmocka_unit_test_setup(test_files, forget),
		cmocka_unit_test_setup(test_two_gpus, forget),
		cmocka_unit_test_setup(test_gpu_memory, forget),
		cmocka_unit_test_setup(test_gpu_process, forget),
		cmocka_unit_test_setup(test_many_processes, forget),
		cmocka_unit_test_setup(test_old_library, forget),
		cmocka_unit_test_setup(test_lacking_library, forget),
		cmocka_unit_test_setup(test_no_driver, forget),
		cmocka_unit_test_setup(test_lost_before, forget),
		cmocka_unit_test_setup(test_lost_later, forget),
		cmocka_unit_test_setup(test_visible, forget),
		cmocka_unit_test_setup(test_cuda_driver, forget),
		cmocka_unit_test_setup(test_cuda_fails, forget),
		cmocka_unit_test_setup(test_cuda_runtime, forget),
	};
	int failed;

	fakes = getenv("FAKE_LIBRARIES");
	if (!fakes)
		return run_again(argv);
	if (find_fakes() < 0)
		return 1;
	failed = RUN_TESTS(tests);
	io_remove_tree(AT_FDCWD, fakes);
	return failed;
}
