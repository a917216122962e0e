# What every shell test stands on. A test is tests/.../NAME.t.sh, listed in SHELL_TESTS of Makefile.am:
#
#	. "${FS0711_SRCDIR:-.}/tests/lib.sh"
#	mount_start
#	ok 'a cancelled task stays cancelled' '
#		put cancel "$mnt/engagements/default/tasks/rfp/ctl" &&
#		must_fail EBUSY put retry "$mnt/engagements/default/tasks/rfp/ctl"'
#	done_testing
#
# It runs by `make check`, or alone from the build directory: bash ../tests/NAME.t.sh
# A test that mounts itself calls need_fuse first. The test gets $dir (its own, removed at the end, also its HOME), $src (the store), $mnt, $log (what the daemon says),
# $top (the source tree), $build (the build tree) and $store (sqlite; the name of the store that is tested).
# Environment: FS0711_TEST_STORE, FS0711_TEST_SECONDS (the limit for one file, 300), FS0711_TEST_NEED_FUSE=1 (without
# /dev/fuse the test fails; else it is skipped), FS0711_TEST_KEEP=1 (keep $dir).
# shellcheck shell=bash

# A mount and process namespace of its own: whatever happens in it, no mount and no process is left behind.
if [ -z "${FS0711_TEST_INSIDE:-}" ]; then
	export FS0711_TEST_INSIDE=plain
	how=
	for flags in $([ "$(id -u)" = 0 ] && echo -mpf) -Urmpf; do
		if unshare "$flags" --mount-proc --kill-child true 2>/dev/null; then
			FS0711_TEST_INSIDE=namespace
			how="unshare $flags --mount-proc --kill-child"
			break
		fi
	done
	# shellcheck disable=SC2086  # how is a list of words, or none
	exec timeout -k 5 "${FS0711_TEST_SECONDS:-300}" $how bash "$0" "$@"
fi

top=$(cd "${FS0711_SRCDIR:-$(dirname "${BASH_SOURCE[0]}")/..}" && pwd)
build=$(cd "${FS0711_BUILDDIR:-.}" && pwd)
store=${FS0711_TEST_STORE:-sqlite}
dir=$(mktemp -d "${TMPDIR:-/tmp}/0711fs-test.XXXXXX")
src=$dir/store mnt=$dir/mnt log=$dir/daemon.log
daemon="" tests=0 failures=0 finished=""
daemon_env=() # VARIABLE=VALUE for the daemon alone
ram_disks=()
export HOME=$dir LC_ALL=C.UTF-8 TZ=UTC
unset XDG_DATA_HOME
# Process ids repeat in every namespace: the reports of a sanitizer get the test's name too.
if [ -n "${FS0711_TEST_REPORTS:-}" ]; then
	for options in ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS; do
		export "$options=${!options:-}:log_path=$FS0711_TEST_REPORTS/${0##*/}"
	done
fi
mkdir "$src" "$mnt"
: >"$log"

# skip REASON - end the whole test: it cannot run here
skip()
{
	finished=1
	echo "1..0 # SKIP $1"
	exit 77
}

# need COMMAND... - skip the whole test unless each of them is installed
need()
{
	local command

	for command; do
		type "$command" >/dev/null 2>&1 || skip "$command is not installed"
	done
}

quote_lines()
{
	sed 's/^/# /'
}

# A function of its own, so that "return" in a case ends that case.
run_case()
{
	eval "$1"
}

# ok NAME COMMANDS - one case: COMMANDS run in this shell, so that variables stay; the last status counts
ok()
{
	tests=$((tests + 1))
	if run_case "$2" >"$dir/ok.out" 2>&1 </dev/null; then
		echo "ok $tests - $1"
		return 0
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	printf '%s\n' "$2" | quote_lines
	quote_lines <"$dir/ok.out"
	[ ! -s "$log" ] || tail -n 20 "$log" | sed 's/^/# log: /'
}

# pass_over NAME REASON - one case that cannot run here
pass_over()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# done_testing - the last line of a test: a script that ends before it has failed
done_testing()
{
	finished=1
	echo "1..$tests"
	[ "$failures" = 0 ]
	exit
}

# op OPERATION ARGUMENT... - one file operation; tests/op.c lists them
op()
{
	"$build/tests/op" "$@"
}

# put TEXT FILE - write TEXT and a newline to a file that exists, and hear what write and close answer
put()
{
	op put "$2" "$1
"
}

# must_fail ERRNO COMMAND... - true when the command fails and says that errno, by name or in words
must_fail()
{
	local name=$1 said text

	shift
	text=$(op text "$name") || return 1
	if said=$("$@" 2>&1); then
		echo "should have failed with $name: $*"
		return 1
	fi
	case $said in
	*"$name"* | *"$text"*) return 0 ;;
	esac
	echo "should have failed with $name ($text): $*"
	echo "said: $said"
	return 1
}

# same EXPECTED GOT - true when the texts are equal; shows both where not
same()
{
	[ "$1" = "$2" ] && return 0
	printf 'expected: %s\ngot:      %s\n' "$1" "$2"
	return 1
}

# eventually COMMANDS [SECONDS] - true as soon as COMMANDS are; false after SECONDS (20)
eventually()
{
	local end=$((SECONDS + ${2:-20}))

	until eval "$1"; do
		if ((SECONDS >= end)); then
			echo "not true after ${2:-20} s: $1"
			return 1
		fi
		sleep 0.05
	done
}

# clear_of_midnight SECONDS - a test that asks what happened today does not begin so shortly before it ends, in UTC
clear_of_midnight()
{
	local left=$((86400 - $(date -u +%s) % 86400))

	[ $left -gt "$1" ] || sleep $left
}

# sha_of FILE - the SHA-256 of its bytes
sha_of()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}

# json_is FILE FILTER - true when jq finds FILTER true of FILE; shows the file where not
json_is()
{
	jq -e "$2" "$1" >/dev/null && return 0
	echo "not true of $1: $2"
	jq -c . "$1" | cut -c 1-2000
	return 1
}

# sample FILE [MARK] - put the sample RFP there; MARK makes its bytes differ from all others
sample()
{
	{
		cat "$top/samples/city-website-rfp.pdf"
		[ -z "${2:-}" ] || printf '%%%s\n' "$2"
	} >"$1"
}

# as_nobody COMMAND... - run it as a user who is nobody; only for root, after chmod 755 "$dir"
as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# own_crashes - for a test that makes programs crash: a sanitizer does not take that for its own finding
own_crashes()
{
	local options

	for options in ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS; do
		export "$options=${!options:+${!options}:}handle_segv=0:handle_sigbus=0"
	done
	ulimit -c 0
}

# engines - the processes of MCP servers below the daemon
engines()
{
	ps -eo pid=,ppid=,comm= | awk -v "top=$daemon" '
		{ parent[$1] = $2; name[$1] = $3 }
		END {
			for (pid in parent) {
				for (up = pid; up in parent && up != top; up = parent[up])
					;
				if (up == top && name[pid] == "tender")
					print pid
			}
		}'
}

# engines_stop - what is being worked on stays in_progress until engines_go; one task must have been worked on before
engines_stop()
{
	# shellcheck disable=SC2046  # a list of numbers
	kill -STOP $(engines)
}

engines_go()
{
	# shellcheck disable=SC2046
	kill -CONT $(engines)
}

# ram_disk PATH [SIZE] - a file system in memory there, for as long as the test runs; false where nothing can be mounted
ram_disk()
{
	[ "$FS0711_TEST_INSIDE" = namespace ] && mkdir -p "$1" && mount -t tmpfs -o "size=${2:-64m},mode=755" none "$1" &&
		ram_disks+=("$1")
}

# need_fuse - skip the whole test where nothing can be mounted; on a machine that must be able to, fail
need_fuse()
{
	[ ! -w /dev/fuse ] || return 0
	[ -n "${FS0711_TEST_NEED_FUSE:-}" ] || skip "/dev/fuse cannot be opened"
	ok '/dev/fuse can be opened for reading and writing' false
	done_testing
}

# mount_start [OPTION...] - mount $src at $mnt and return when it answers; $daemon is its process
mount_start()
{
	local end=$((SECONDS + 30))

	need_fuse
	# bash lets its background processes ignore SIGINT
	env --default-signal=INT,QUIT "${daemon_env[@]}" "$build/0711fs" "$src" "$mnt" -f "$@" >>"$log" 2>&1 &
	daemon=$!
	until [ -e "$mnt/health" ] 2>/dev/null; do
		if ! kill -0 "$daemon" 2>/dev/null; then
			wait "$daemon"
			echo "# the mount ended with status $?"
			daemon=
			sed 's/^/# log: /' "$log"
			return 1
		fi
		if ((SECONDS >= end)); then
			echo "# the mount did not answer within 30 s"
			return 1
		fi
		sleep 0.02
	done
}

# mount_stop - unmount and wait for the end; returns the daemon's exit status
mount_stop()
{
	local was=$daemon

	daemon=
	eventually 'fusermount3 -u "$mnt"' 5 || return 1 # it is busy while watchers are told of a change
	wait "$was"
}

# mount_kill - the daemon dies as by a power cut; the dead mount stays
mount_kill()
{
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	daemon=
}

# task_dir NAME - the directory of a task of the default engagement; a path stays what it is
task_dir()
{
	case $1 in
	*/*) echo "$1" ;;
	*) echo "$mnt/engagements/default/tasks/$1" ;;
	esac
}

# wait_task NAME [STATE] - wait until the task ends (at most 60 s); true when it ended, in STATE if given
wait_task()
{
	local file=wait got

	[ "${2:-}" != needs_review ] || file=wait.review
	got=$(timeout "${FS0711_TEST_TASK_SECONDS:-60}" cat "$(task_dir "$1")/$file") || {
		echo "task $1 did not end: $(cat "$(task_dir "$1")/status")"
		return 1
	}
	[ -z "${2:-}" ] || same "$2" "$got"
}

cleanup()
{
	local status=$?

	if [ -n "$daemon" ]; then
		kill "$daemon" 2>/dev/null
		wait "$daemon" 2>/dev/null
	fi
	fusermount3 -uz "$mnt" 2>/dev/null
	cd /
	[ "${#ram_disks[@]}" = 0 ] || umount -l "${ram_disks[@]}"
	if [ -n "${FS0711_TEST_KEEP:-}" ]; then
		echo "# kept: $dir"
	else
		rm -rf --one-file-system "$dir"
	fi
	[ -n "$finished" ] || status=99
	exit "$status"
}
trap cleanup EXIT
trap 'exit 99' HUP INT TERM

case $store in
sqlite) ;;
*) skip "there is no store $store" ;;
esac
cd "$dir" || exit 99
