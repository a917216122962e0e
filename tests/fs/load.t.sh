#!/bin/bash
# Fifty writers drop two thousand files while readers list, read and watch: no error, and every file is one task with its bytes.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
writers=50 files=40

# write_many N - the files of one writer; says what failed
write_many()
{
	local i

	for i in $(seq "$files"); do
		printf '\0the %s. document of writer %s\n' "$i" "$1" >"$dir/in/$1-$i.txt" # no text: nobody reads it
		cp "$dir/in/$1-$i.txt" "$inbox/" || echo "writer $1 could not write file $i"
		[ -e "$inbox/$1-$i.txt.receipt.json" ] || echo "file $i of writer $1 has no receipt"
	done
}

# read_all - list and read until $dir/done is there
read_all()
{
	until [ -e "$dir/done" ]; do
		ls -l "$inbox" "$tasks" "$mnt"/tasks/* >/dev/null 2>>"$dir/read.errors"
		cat "$mnt/health" "$mnt/events" >/dev/null
		for status in "$tasks"/*/status; do
			[ "$status" = "$tasks/*/status" ] || cat "$status" >/dev/null
		done
	done
}

mkdir "$dir/in"
for n in 1 2 3; do
	read_all >"$dir/reader.$n" 2>&1 &
	readers="${readers:-} $!"
done
cat "$mnt/events.follow" >"$dir/followed" 2>/dev/null &
follower=$!
for n in $(seq "$writers"); do
	write_many "$n" >"$dir/writer.$n" 2>&1 &
	writing="${writing:-} $!"
done
# shellcheck disable=SC2086  # lists of numbers
wait $writing
: >"$dir/done"
# shellcheck disable=SC2086
wait $readers

ok 'no writer met an error' 'same "" "$(cat "$dir"/writer.*)"'
ok 'no reader met one' 'same "" "$(cat "$dir"/reader.*)"'
ok 'every file is one task' '
	same $((writers * files)) "$(ls "$tasks" | grep -vcx inbox)" &&
	same $((writers * files)) "$(ls "$inbox" | grep -c receipt)"'
ok 'each has the bytes that were written, and its receipt says so' '
	(cd "$dir/in" && sha256sum -- *) >"$dir/written" &&
	(cd "$tasks" && sha256sum -- */input/*.txt) | sed "s,  .*/input/,  ," | sort -k 2 >"$dir/kept" &&
	(cd "$inbox" && jq -r "\"\(.sha256)  \(input_filename | rtrimstr(\".receipt.json\"))\"" -- *.receipt.json) \
		>"$dir/told" &&
	sort -k 2 "$dir/written" | diff - "$dir/kept" && sort -k 2 "$dir/told" | diff "$dir/kept" -'
ok 'each ends' 'eventually "[ \$(ls $mnt/tasks/failed | wc -l) = $((writers * files)) ]" 120'
ok 'none was lost on the way: todo and in_progress are empty' '
	same "" "$(ls "$mnt/tasks/todo")" && same "" "$(ls "$mnt/tasks/in_progress")" &&
	same $((writers * files)) "$(ls "$mnt/tasks/failed" | wc -l)"'
ok 'the inbox holds only receipts' 'eventually "[ -z \"\$(ls $inbox | grep -v receipt)\" ]"'
ok 'every event was told once' '
	eventually "[ \$(grep -c task.failed $dir/followed) = $((writers * files)) ]" &&
	same $((writers * files)) "$(jq -r "select(.type == \"task.created\").data.task_id" "$mnt/events" | sort -u | wc -l)" &&
	same $((writers * files)) "$(jq -r "select(.type == \"task.created\").id" "$mnt/events" | wc -l)"'
ok 'events are in the order of their ids' 'jq -r .id "$mnt/events" | sort -c'
kill "$follower"
wait "$follower"
ok 'a restart finds them all' '
	mount_stop && mount_start && same $((writers * files)) "$(ls "$mnt/tasks/failed" | wc -l)"'
ok 'one name from fifty writers: nobody meets an error, and the receipt is true' '
	for n in $(seq "$writers"); do (echo "$n" >"$inbox/same.txt" || echo "writer $n failed") & all="${all:-} $!"; done >"$dir/said" 2>&1
	wait $all; same "" "$(cat "$dir/said")" &&
	for task in "$tasks"/same*; do wait_task "$task" failed || return 1; done &&
	task=$mnt/$(jq -r .path "$inbox/same.txt.receipt.json") &&
	same "$(jq -r .sha256 "$inbox/same.txt.receipt.json")" "$(sha_of "$task/input/same.txt")"'
ok 'folders made, filled and removed at once by many' '
	put 3600 "$mnt/settings/folder_quiet_s" &&
	for n in 1 2 3 4 5 6; do (for i in 1 2 3 4 5; do mkdir "$inbox/d$n" && echo "$i" >"$inbox/d$n/a" &&
	mv "$inbox/d$n/a" "$inbox/d$n/b" &&
	rm -r "$inbox/d$n" || echo "failed $n $i"; done) & some="${some:-} $!"; done >"$dir/said" 2>&1
	wait $some; same "" "$(cat "$dir/said")" && same "" "$(ls "$inbox" | grep "^d")"'
done_testing
