#!/bin/bash
# A daemon dies while one of its threads is stuck in the kernel: tests/fs/stuck is such a daemon, and 0711fs comes after.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need_fuse
own_crashes
stuck=$build/tests/fs/stuck program=$build/0711fs
as=

# get_stuck [will] - $victim is a daemon that is stuck, $asker the mkdir that it does not answer
get_stuck()
{
	: >"$dir/said"
	$as "$stuck" "$src" "$mnt" "$@" >"$dir/said" &
	victim=$!
	eventually 'grep -q mounted "$dir/said" || ! kill -0 $victim' && kill -0 "$victim" || return 1
	$as mkdir "$mnt/x" 2>"$dir/mkdir" &
	asker=$!
	eventually 'grep -q stuck "$dir/said"'
}

# all_over - the daemon and who asked it have ended
all_over()
{
	wait "$victim" 2>/dev/null
	wait "$asker"
	! kill -0 "$victim" 2>/dev/null && grep -E 'Software caused connection abort|not connected' "$dir/mkdir"
}

# is_zombie PID - its main thread has ended
is_zombie()
{
	grep -q '^State:.Z' "/proc/$1/status"
}

if get_stuck will; then
	kill -9 "$victim"
	ok 'kill -9 ends a stuck daemon, and who asked it is answered' 'all_over'
	fusermount3 -uz "$mnt"
	for signal in SEGV ABRT BUS; do
		get_stuck will
		kill -$signal "$victim"
		ok "SIG$signal too" 'all_over'
		fusermount3 -uz "$mnt"
	done
	ok 'no helper is left' 'eventually "[ -z \"\$(pgrep -x 0711-spawn)\" ]"'
else
	wait "$victim"
	pass_over 'a stuck daemon dies' "status $?: fusectl is not to be had"
fi

get_stuck
kill -9 "$victim"
ok 'nothing else would end it' 'eventually "is_zombie $victim" && kill -0 "$asker"'
ok 'it still has the source' '! flock -n "$src/lock" true'
ok 'a start over it breaks its connection' '
	mount_start && [ -e "$mnt/health" ] && all_over && grep -F "cleaned up the dead mount" "$log" &&
	same 1 "$(grep -cF " $mnt " /proc/self/mountinfo)"'
ok 'and the mount ends well' 'mount_stop'

mount_start
kill -STOP "$daemon"
ok 'a mount whose daemon is only stopped is left alone' '
	mkdir "$dir/store2"; ! timeout 20 "$program" "$dir/store2" "$mnt" 2>"$dir/said" &&
	grep -F "does not answer" "$dir/said"'
kill -CONT "$daemon"
ok 'it goes on' '[ -s "$mnt/health" ] && mount_stop'

# let_all_mount - in this namespace a plain user may mount, and finds his control file
let_all_mount()
{
	[ "$(id -u)" = 0 ] && [ "$FS0711_TEST_INSIDE" = namespace ] &&
		mount -t fusectl fusectl /sys/fs/fuse/connections && mknod -m 666 "$dir/fuse" c 10 229 &&
		mount --bind "$dir/fuse" /dev/fuse && as_nobody test -w /dev/fuse
}

if let_all_mount 2>/dev/null; then
	chmod 755 "$dir" && mkdir -p "$dir/user/mnt" "$dir/bin/mcps" && cp "$stuck" "$program" "$dir/bin/" &&
		chown -R 65534:65534 "$dir/user"
	src=$dir/user/store mnt=$dir/user/mnt stuck=$dir/bin/stuck program=$dir/bin/0711fs as=as_nobody
	get_stuck will
	kill -9 "$(pgrep -x stuck)"
	ok "a plain user's stuck daemon dies" 'all_over'
	as_nobody fusermount3 -uz "$mnt"
	get_stuck
	kill -9 "$(pgrep -x stuck)"
	ok 'and his next one starts over one that cannot' '
		as_nobody "$program" "$src" "$mnt" && all_over && as_nobody test -e "$mnt/health" &&
		as_nobody fusermount3 -u "$mnt"'
else
	pass_over 'a plain user' 'this needs root, and a system that lets it mount fusectl'
fi
done_testing
