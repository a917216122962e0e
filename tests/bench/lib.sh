# What the measurements in scripts/bench.d stand on: a build, a namespace that leaves nothing behind, tables.
#
#	. "$(dirname "$0")/../../tests/bench/lib.sh"
#	bench_begin "$@"
#	…                           each program prints lines "LABEL OP THREADS RATE MEDIAN_US WORST_US" into $lines
#	bench_table <<'END'         and this makes a table of their medians
#	stat warm, latency|us ours stat_warm 1|us native stat_warm 1|<= 1.25
#	END
#
# The measurement gets $dir (its own, removed at the end), $build, $lines, $quick ("" or "yes": -q), $rounds and $only
# (an expression that names operations; it may disregard it).
# Environment: FS0711_BUILDDIR, a build tree to use (else build-bench is made), TMPDIR, whose file system holds the source.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bench=${0##*/}
export LC_ALL=C.UTF-8 TZ=UTC

die()
{
	echo "scripts/bench $bench: $*" >&2
	exit 1
}

bench_build()
{
	build=${FS0711_BUILDDIR:-$top/build-bench}
	cd "$top" || exit 1
	if [ ! -e configure ]; then
		autoreconf -i || die "autoreconf failed"
	fi
	mkdir -p "$build" && cd "$build" || exit 1
	[ -e config.status ] || "$top/configure" -q CFLAGS='-O2 -g' || die "configure failed, see $build/config.log"
	make -s -j"$(nproc)" all bench-programs >&2 || die "the build failed"
	build=$PWD
}

# Mounts and processes go with the namespace, however it ends; the outer shell removes the files.
bench_outside()
{
	local flags how=

	[ -w /dev/fuse ] || die "/dev/fuse cannot be opened: nothing can be mounted here"
	for flags in -mpf -Urmpf; do
		if unshare "$flags" --mount-proc --kill-child true 2>/dev/null; then
			how="unshare $flags --mount-proc --kill-child"
			break
		fi
	done
	[ -n "$how" ] || die "it needs namespaces of its own: run it as root, or allow user namespaces"
	bench_build
	dir=$(mktemp -d "${TMPDIR:-/tmp}/0711fs-bench.XXXXXX")
	inside=
	trap '[ -z "$inside" ] || kill -9 "$inside" 2>/dev/null; cd /; rm -rf --one-file-system "$dir"' EXIT
	trap 'exit 130' HUP INT TERM
	export FS0711_BENCH_INSIDE=$dir FS0711_BENCH_BUILD=$build
	# shellcheck disable=SC2086  # how is a list of words
	$how bash "$0" "$@" </dev/null &
	inside=$!
	wait "$inside"
	exit
}

# bench_begin "$@" - from here on in the namespace; -q for a quick run, -r for the number of rounds, -o for some operations only
bench_begin()
{
	local self
	self=$top/scripts/bench.d/$bench
	quick='' rounds=3 only=.
	while getopts qr:o:h option; do
		case $option in
		q) quick=yes rounds=2 ;;
		r) rounds=$OPTARG ;;
		o) only=$OPTARG ;;
		*)
			sed -n '2,/^$/s/^# \{0,1\}//p' "$self"
			exit 2
			;;
		esac
	done
	[ -n "${FS0711_BENCH_INSIDE:-}" ] || bench_outside "$@"
	dir=$FS0711_BENCH_INSIDE build=$FS0711_BENCH_BUILD lines=$dir/lines
	export HOME=$dir
	: >"$lines"
	cd "$dir" || exit 1
}

# await COMMAND... - until it succeeds, 30 s at most
await()
{
	local end=$((SECONDS + 30))

	until "$@" 2>/dev/null; do
		((SECONDS < end)) || die "it did not come true within 30 s: $*"
		sleep 0.05
	done
}

# start NAME COMMAND... - a process in the background that mounts $dir/NAME; its last words are in $dir/NAME.log
start()
{
	local name=$1

	shift
	mkdir -p "$dir/$name"
	"$@" >"$dir/$name.log" 2>&1 &
	pid=$!
	await mountpoint -q "$dir/$name"
}

# say TEXT... - what goes on, for who waits
say()
{
	echo "$*" >&2
}

# bench_table - the rows on stdin as a table: OPERATION|OURS|REFERENCE|GOAL
#
#	OURS        METRIC LABEL OP THREADS; METRIC is rate, us, ms, worst (of all rounds, in ms) or value
#	REFERENCE   the same, or several of them joined by " + ", or "-": the goal is about the figure itself
#	GOAL        "<= N", ">= N", or "" for none; it is about OURS / REFERENCE
#
# A row of which nothing was measured says so.
bench_table()
{
	awk -F '|' -v file="$lines" -f "$top/tests/bench/table.awk"
}
