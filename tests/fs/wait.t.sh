#!/bin/bash
# Files that block: wait, wait.review and events.follow. They can be interrupted, polled, and left behind by an unmount.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq ps
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
poll=$build/tests/fs/poll

# reader FILE OUT [COMMAND...] - read it in the background, by cat or COMMAND, into $dir/OUT; its process is $reader
reader()
{
	local file=$1 out=$2

	shift 2
	env --default-signal=INT "${@:-cat}" <"$file" >"$dir/$out" 2>&1 &
	reader=$!
}

# blocked PID OUT - it runs its command, sleeps, and has got nothing
blocked()
{
	eventually "ps -o stat=,comm= -p $1 | grep -q '^[SD].* [cg]'" && [ ! -s "$dir/$2" ] && kill -0 "$1"
}

# ends_soon PID - it is gone within three seconds
ends_soon()
{
	eventually "! kill -0 $1 2>/dev/null" 3
}

# open_task NAME - a task that is worked on until engines_go
open_task()
{
	sample "$inbox/$1.pdf" "$1" && eventually "[ \"\$(cat $tasks/$1/status)\" = in_progress ]"
}

ok 'wait of a closed task answers at once' '
	sample "$inbox/warm.pdf" && wait_task warm completed && same completed "$(timeout 5 cat "$tasks/warm/wait")" &&
	same completed "$(timeout 5 cat "$tasks/warm/wait.review")"'
ok 'by the byte too, and then ends' 'same completed "$(timeout 5 dd if="$tasks/warm/wait" bs=1 status=none)"'
ok 'wait blocks while the task is worked on' '
	engines_stop && open_task one && reader "$tasks/one/wait" out && blocked $reader out'
ok 'and prints how it ended' 'engines_go && wait "$reader" && same completed "$(cat "$dir/out")"'
ok 'both are not listed, but found' '
	same "" "$(ls -A "$tasks/one" | grep wait)" && [ -e "$tasks/one/wait" ] &&
	same "" "$(ls -A "$mnt" | grep follow)" && [ -e "$mnt/events.follow" ]'
ok 'wait.review returns when the task needs review, wait does not' '
	put 100 "$mnt/engagements/default/review_threshold" && engines_stop && open_task two &&
	reader "$tasks/two/wait" out && first=$reader &&
	reader "$tasks/two/wait.review" review && blocked $first out && blocked $reader review && engines_go &&
	wait $reader && same needs_review "$(cat "$dir/review")" && blocked $first out'
ok 'until it is decided' 'put approve "$tasks/two/review" && wait $first && same completed "$(cat "$dir/out")"'
ok 'a wait ends when the task is cancelled' '
	engines_stop && open_task three && reader "$tasks/three/wait" out && blocked $reader out &&
	put cancel "$tasks/three/ctl" && wait $reader && same cancelled "$(cat "$dir/out")"'
engines_go
ok 'events.follow begins now and goes on' '
	reader "$mnt/events.follow" followed && blocked $reader followed && mkdir "$mnt/engagements/followed" &&
	eventually "grep -q engagement.created $dir/followed" &&
	same 1 "$(grep -c . "$dir/followed")" && json_is "$dir/followed" ".data.name == \"followed\"" &&
	rmdir "$mnt/engagements/followed" && kill "$reader"'
ok 'grep finds a line in it while it runs' '
	reader "$mnt/events.follow" found grep --line-buffered -m1 task.created && blocked $reader found &&
	sample "$inbox/four.pdf" four && wait "$reader" && grep -F "\"name\":\"four\"" "$dir/found"'
wait_task four needs_review >/dev/null

ok 'a task stays at work' 'engines_stop && open_task five'
for file in "$tasks/five/wait" "$tasks/five/wait.review" "$mnt/events.follow"; do
	for signal in INT TERM KILL; do
		ok "SIG$signal ends a reader of ${file##*/}" '
			reader "$file" out && blocked $reader out && kill -$signal "$reader" &&
			ends_soon "$reader"; ! wait "$reader"'
	done
done
ok 'so does an alarm that the program handles' '
	! timeout -s ALRM 0.5 cat "$tasks/five/wait" && ! timeout 0.5 cat "$mnt/events.follow"'
ok 'who does not want to block hears EAGAIN' '
	same "EAGAIN timeout" "$(echo $("$poll" "$tasks/five/wait" 0))" &&
	same "EAGAIN timeout" "$(echo $("$poll" "$mnt/events.follow" 0))"'
"$poll" "$tasks/five/wait.review" 60 >"$dir/polled" &
polled=$!
"$poll" "$mnt/events.follow" 60 >"$dir/polled2" &
polled2=$!
ok 'poll waits, and wakes up' '
	eventually "grep -q EAGAIN $dir/polled && grep -q EAGAIN $dir/polled2" && engines_go && wait $polled &&
	wait $polled2 &&
	same "EAGAIN ready" "$(echo $(cat "$dir/polled"))" && same "EAGAIN ready" "$(echo $(cat "$dir/polled2"))"'
engines_go
ok 'poll of what can be read is ready at once' 'same "completed ready" "$(echo $("$poll" "$tasks/two/wait" 0))"'

readers=
for i in $(seq 30); do
	cat "$tasks/five/wait" >"$dir/many.$i" &
	readers="$readers $!"
	cat "$mnt/events.follow" >/dev/null &
	readers="$readers $!"
done
ok 'sixty blocked readers hinder nobody' '
	timeout 10 ls -lR "$mnt" >/dev/null &&
	for i in $(seq 100); do timeout 2 stat "$tasks/five/status" >/dev/null || return 1; done &&
	sample "$inbox/six.pdf" six && wait_task six needs_review && timeout 5 cat "$mnt/health" >/dev/null'
ok 'all wake up' '
	put approve "$tasks/five/review" &&
	for i in $(seq 30); do eventually "grep -qx completed $dir/many.$i" || return 1; done'
# shellcheck disable=SC2086  # a list of numbers
kill $readers 2>/dev/null
# shellcheck disable=SC2086
wait $readers

ok 'when the daemon is told to end, its readers end too' '
	reader "$tasks/six/wait" out && first=$reader && reader "$mnt/events.follow" followed && blocked $first out &&
	blocked $reader followed &&
	kill "$daemon" && wait "$daemon"; status=$?; daemon=; ends_soon "$first" && ends_soon "$reader" &&
	same 0 "$status" && ! mountpoint -q "$mnt"'
ok 'a mount with readers is busy; a lazy unmount waits for them' '
	: >"$dir/out"; mount_start && reader "$tasks/six/wait" out && blocked $reader out && ! fusermount3 -u "$mnt" &&
	fusermount3 -uz "$mnt" && kill "$reader" && wait "$daemon"; status=$?; daemon=; same 0 "$status"'
done_testing
