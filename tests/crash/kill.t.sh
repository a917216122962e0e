#!/bin/bash
# The daemon is killed at random moments, again and again, while people drop, review, rename, remove and set. After
# each restart all that was acknowledged is there, once, and nothing half is (tests/crash/work and verify).
# FS0711_KILL_ROUNDS: how often (10). `make check-crash FS0711_KILL_ROUNDS=10000` for a long run.
FS0711_KILL_ROUNDS=${FS0711_KILL_ROUNDS:-10}
FS0711_TEST_SECONDS=${FS0711_TEST_SECONDS:-$((300 + FS0711_KILL_ROUNDS * 5))}
export FS0711_KILL_ROUNDS FS0711_TEST_SECONDS
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq pgrep
need_fuse
own_crashes
[ "$FS0711_TEST_INSIDE" = namespace ] || skip 'no namespace, in which all processes are ours'
GENERATION=20 # rounds with one store, so that the last of ten thousand is as quick as the first

# our_processes - all that a daemon started, and itself
our_processes()
{
	pgrep -x '0711.*|tender'
}

# fresh - a new store: a task whose document requests name, and an engagement for which nothing is sure enough
fresh()
{
	rm -rf --one-file-system "$src" "$dir/journals"
	mkdir "$src" "$dir/journals"
	mount_start && cp "$top/samples/city-website-rfp.pdf" "$mnt/tasks/inbox/base.pdf" && wait_task base &&
		mkdir "$mnt/engagements/strict" && put 100 "$mnt/engagements/strict/review_threshold" &&
		put 2 "$mnt/settings/folder_quiet_s"
}

# die SIGNAL - the daemon ends by it, with everything that hangs on it
die()
{
	kill "-$1" "$daemon"
	eventually '! kill -0 "$daemon" 2>/dev/null' || {
		echo "SIG$1 does not end it"
		umount -f "$mnt" # or this test would not end either
		return 1
	}
	wait "$daemon" 2>/dev/null
	daemon=
	eventually '[ -z "$(our_processes)" ]' || {
		echo "left after SIG$1:"
		ps -eo pid,ppid,stat,wchan:30,comm
		return 1
	}
}

# die_early - a daemon that dies on its way up, when it recovers what the former left
die_early()
{
	"$build/0711fs" "$src" "$mnt" -f >>"$log" 2>&1 &
	daemon=$!
	sleep "0.$(printf '%03d' $((RANDOM % 40)))"
	die KILL
}

# harmless - fsck finds nothing, or what the next start puts right; the words are on fsck(1)'s list of what remains
harmless()
{
	"$build/0711ctl" fsck "$src" >"$dir/fsck"
	case $? in
	0 | 4) return 0 ;;
	esac
	cat "$dir/fsck"
	return 1
}

# one ROUND - people work, the daemon dies, another starts, all is there
one()
{
	local signal=KILL people

	case $(($1 % 10)) in
	4) signal=TERM ;;
	7) signal=SEGV ;;
	esac
	"$build/tests/crash/work" "$mnt" "$dir/journals" "$1" "$top/samples/city-website-rfp.pdf" >"$dir/work" 2>&1 &
	people=$!
	sleep "0.$(printf '%03d' $((RANDOM % 300)))"
	die "$signal" || return 1
	eventually "! kill -0 $people 2>/dev/null" || {
		echo 'who asked it hangs'
		umount -f "$mnt"
		return 1
	}
	wait "$people" || {
		cat "$dir/work"
		return 1
	}
	[ $(($1 % 5)) != 3 ] || die_early || return 1
	harmless || return 1
	ls -A "$src/staging" >"$dir/staged"
	mount_start || return 1
	# results that are made right now are staged there too
	! ls -A "$src/staging" | grep -xFf "$dir/staged" || {
		echo 'is still staged'
		return 1
	}
	"$build/tests/crash/verify" "$mnt" "$dir/journals"
}

# settle - all work ends, all is there once more, and fsck has nothing to say of it
settle()
{
	eventually '[ "$(jq ".tasks.todo + .tasks.in_progress" "$mnt/health")" = 0 ] &&
		[ -z "$(find "$mnt"/tasks/inbox "$mnt"/engagements/*/tasks/inbox -name "*.json" -o -type f -print -quit)" ]' 120 &&
		"$build/tests/crash/verify" "$mnt" "$dir/journals" settled && mount_stop &&
		eventually '[ -z "$(our_processes)" ]' && "$build/0711ctl" fsck "$src"
}

rounds()
{
	local r

	for r in $(seq "$FS0711_KILL_ROUNDS"); do
		[ $((r % GENERATION)) != 1 ] || fresh || return 1
		one "$r" || {
			echo "in round $r"
			return 1
		}
		[ $((r % GENERATION)) != 0 ] && [ "$r" != "$FS0711_KILL_ROUNDS" ] || settle || {
			echo "after round $r"
			return 1
		}
	done
}

ok "nothing acknowledged is lost, nothing half is there, nobody hangs: $FS0711_KILL_ROUNDS times" 'rounds'
done_testing
