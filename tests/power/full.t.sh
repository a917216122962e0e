#!/bin/bash
# The disk that holds the source is full: what is there can be read, what comes is refused with ENOSPC, and work that
# was under way is not lost. When there is room again all goes on without a restart.
# shellcheck disable=SC2154
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
need_fuse
ram_disk "$dir/disk" 24m || skip "no file system can be mounted here"
src=$dir/disk/store
mount_start || exit
tasks=$mnt/engagements/default/tasks inbox=$mnt/tasks/inbox

# fill - until not a byte fits, also not where the database keeps some
fill()
{
	cat /dev/zero >>"$dir/disk/filler" 2>/dev/null
	[ "$(stat -f -c %a "$dir/disk")" = 0 ]
}

# use_up - what the database keeps for itself can take some small changes more; $days is what they leave in trash_days
use_up()
{
	days=30
	while [ "$days" -lt 300 ] && put $((days + 1)) "$mnt/settings/trash_days" 2>/dev/null; do
		days=$((days + 1))
	done
}

ok 'a task is done, another is under way' '
	sample "$inbox/first.pdf" && wait_task first completed && engines_stop &&
	sample "$inbox/second.pdf" second && eventually "same in_progress \"\$(cat $tasks/second/status)\""'
ok 'the disk is full' fill
ok 'what is there can be listed and read' '
	same "first second" "$(ls "$tasks" | grep -v inbox | xargs)" && jq -e .title "$tasks/first/result.json" &&
	cmp "$top/samples/city-website-rfp.pdf" "$tasks/first/input/first.pdf" && jq -e .status "$mnt/health"'
ok 'a file is refused by cp, dd and mv, and makes no task' '
	sample "$dir/third.pdf" third &&
	must_fail ENOSPC cp "$dir/third.pdf" "$inbox/" &&
	must_fail ENOSPC dd if="$dir/third.pdf" of="$inbox/third.pdf" bs=4k &&
	eventually "[ ! -e $inbox/third.pdf ]" && [ ! -e "$tasks/third" ] &&
	cp "$dir/third.pdf" "$dir/fourth.pdf" && must_fail ENOSPC mv "$dir/fourth.pdf" "$inbox/" && [ -s "$dir/fourth.pdf" ]'
ok 'so are settings, engagements and removals' '
	use_up
	must_fail ENOSPC put 400 "$mnt/settings/trash_days" && same $days "$(cat "$mnt/settings/trash_days")" &&
	must_fail ENOSPC mkdir "$mnt/engagements/acme" && [ ! -e "$mnt/engagements/acme" ] &&
	must_fail ENOSPC rm -r "$tasks/first" && [ -s "$tasks/first/result.json" ]'
ok 'work that cannot be stored is no failure' '
	engines_go
	eventually "grep -q \"task .second.: its outcome waits\" $log" &&
	same in_progress "$(cat "$tasks/second/status")"'
ok 'with room again the same works, and the work ends well' '
	rm "$dir/disk/filler" &&
	cp "$dir/third.pdf" "$inbox/" && wait_task third completed && mv "$dir/fourth.pdf" "$inbox/" &&
	put 40 "$mnt/settings/trash_days" && mkdir "$mnt/engagements/acme" && rm -r "$tasks/first" &&
	wait_task second completed'
ok 'the mount ends well, and fsck finds no harm' '
	mount_stop && { "$build/0711ctl" fsck "$src" || [ $? = 4 ]; }'
done_testing
