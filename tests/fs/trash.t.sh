#!/bin/bash
# Removing: a closed task goes into .trash/, comes back by mv, and ends by rm there or by 0711ctl purge.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
trash=$mnt/.trash

# done_task NAME [STATE] - a task of its own bytes that has ended
done_task()
{
	sample "$dir/$1.pdf" "$1" && cp "$dir/$1.pdf" "$inbox/" && wait_task "$1" "${2:-completed}"
}

# blobs FILE - how often the store keeps the bytes of FILE
blobs()
{
	find "$src" -type f -name "*$(sha_of "$1" | cut -c 5-)*" | wc -l
}

ok 'rm -r moves a closed task into .trash' '
	done_task one && cp -r "$tasks/one" "$dir/one" && rm -r "$tasks/one" && [ ! -e "$tasks/one" ] &&
	same one@default "$(ls "$trash")" && [ ! -e "$mnt/tasks/completed/one" ] &&
	same "" "$(ls "$mnt/tasks/completed")"'
ok 'there it is whole' '
	diff -r "$dir/one/input" "$trash/one@default/input" &&
	cmp "$dir/one/result.json" "$trash/one@default/result.json" &&
	diff -r "$dir/one/output" "$trash/one@default/output"'
ok 'and cannot be worked on' '
	must_fail EPERM put retry "$trash/one@default/ctl" && grep -F .trash "$trash/one@default/error"'
ok 'mv brings it back' '
	mv "$trash/one@default" "$tasks/" && [ ! -e "$trash/one@default" ] &&
	same "inbox one" "$(echo $(ls "$tasks"))" &&
	same ../../engagements/default/tasks/one "$(readlink "$mnt/tasks/completed/one")" &&
	cmp "$dir/one/result.json" "$tasks/one/result.json"'
ok 'or under another name' '
	rm -r "$tasks/one" && mv "$trash/one@default" "$tasks/uno" && same "inbox uno" "$(echo $(ls "$tasks"))" &&
	mv "$tasks/uno" "$tasks/one"'
ok 'its events tell it' '
	same "task.removed task.restored task.removed task.restored task.updated" "$(echo $(jq -r .type "$tasks/one/events.jsonl" | tail -n 5))"'
ok 'removing the link removes the task' '
	rm "$mnt/tasks/completed/one" && same one@default "$(ls "$trash")" && mv "$trash/one@default" "$tasks/one"'
ok 'so does mv into .trash' '
	mv "$tasks/one" "$trash/" && same one@default "$(ls "$trash")" && mv "$trash/one@default" "$tasks/one" &&
	same "" "$(ls "$trash")"'
ok 'a file of a task does not go alone' '
	must_fail EPERM op unlink "$tasks/inbox" || must_fail EISDIR op unlink "$tasks/inbox"; rm -f "$tasks/one/result.json"; [ -e "$tasks/one/result.json" ] &&
	cmp "$dir/one/result.json" "$tasks/one/result.json" &&
	[ -e "$tasks/one/input/one.pdf" ]'
ok 'an open task is not removed: EBUSY' '
	engines_stop && sample "$inbox/open.pdf" open &&
	eventually "[ \"\$(cat $tasks/open/status)\" = in_progress ]" && must_fail EBUSY rm -r "$tasks/open" &&
	[ -e "$tasks/open/input/open.pdf" ] &&
	grep -F "cancel it" "$tasks/open/error" && must_fail EBUSY rm "$mnt/tasks/in_progress/open" &&
	same in_progress "$(cat "$tasks/open/status")" && same "" "$(ls "$trash")"'
ok 'one that waits for review neither' '
	engines_go && wait_task open && put 100 "$mnt/engagements/default/review_threshold" &&
	done_task unsure needs_review && must_fail EBUSY rm -r "$tasks/unsure" &&
	same needs_review "$(cat "$tasks/unsure/status")"'
engines_go
ok 'cancelled, it is' '
	put cancel "$tasks/unsure/ctl" && rm -r "$tasks/unsure" && [ ! -e "$tasks/unsure" ] &&
	[ -e "$trash/unsure@default" ]'
put 80 "$mnt/engagements/default/review_threshold"
ok 'a name is free again, and a task of that name hinders the way back' '
	rm -r "$tasks/one" && done_task one && must_fail EEXIST mv -T "$trash/one@default" "$tasks/one" &&
	[ -e "$trash/one@default" ] && mv "$trash/one@default" "$tasks/first" && [ -e "$tasks/first/result.json" ]'
ok 'two of one name in .trash are told apart' '
	rm -r "$tasks/one" && mv "$tasks/first" "$tasks/one" && rm -r "$tasks/one" &&
	same 2 "$(ls "$trash" | grep -c "^one")" && mv "$trash/one~2@default" "$tasks/one" &&
	mv "$trash/one@default" "$tasks/two" &&
	[ -s "$tasks/one/input/one.pdf" ] && [ -s "$tasks/two/input/one.pdf" ]'
ok 'it goes back only into its engagement' '
	mkdir "$mnt/engagements/other" && rm -r "$tasks/two" &&
	must_fail EPERM mv "$trash/two@default" "$mnt/engagements/other/tasks/" &&
	mv "$trash/two@default" "$tasks/two"'
ok 'nothing else can be put into .trash' '
	must_fail EPERM op create "$trash/file" && must_fail EPERM op mkdir "$trash/dir"'
ok 'a trashed task stays over a restart' '
	rm -r "$tasks/two" && mount_stop && mount_start && cmp "$dir/one.pdf" "$trash/two@default/input/one.pdf" &&
	mv "$trash/two@default" "$tasks/two"'

# For ever
ok 'rm -r in .trash is for ever; the bytes go with the last reference' '
	done_task last && same 1 "$(blobs "$dir/last.pdf")" && rm "$inbox/last.pdf.receipt.json" &&
	rm -r "$tasks/last" && same 1 "$(blobs "$dir/last.pdf")" &&
	rm -r "$trash/last@default" && [ ! -e "$trash/last@default" ] && same 0 "$(blobs "$dir/last.pdf")"'
ok 'two tasks share their bytes, until the second goes' '
	done_task twin && cp "$dir/twin.pdf" "$inbox/twin2.pdf" && wait_task twin2 &&
	same 1 "$(blobs "$dir/twin.pdf")" &&
	rm "$inbox"/twin*.receipt.json && rm -r "$tasks/twin" && rm -r "$trash/twin@default" &&
	same 1 "$(blobs "$dir/twin.pdf")" && cmp "$dir/twin.pdf" "$tasks/twin2/input/twin2.pdf" &&
	rm -r "$tasks/twin2" && rm -r "$trash/twin2@default" && same 0 "$(blobs "$dir/twin.pdf")"'
ok 'who still reads them reads to the end' '
	done_task read && rm "$inbox/read.pdf.receipt.json" && exec 8<"$tasks/read/input/read.pdf" &&
	rm -r "$tasks/read" && rm -r "$trash/read@default" &&
	same "$(sha_of "$dir/read.pdf")" "$(sha256sum <&8 | cut -d " " -f 1)" && exec 8<&-'

# 0711ctl
for i in 1 2 3; do
	done_task three && rm -r "$tasks/three"
done
ok 'purge is refused while it is mounted, with the pid' '
	done_task gone && done_task kept && rm "$inbox"/*.receipt.json &&
	rm -r "$tasks/gone" "$tasks/kept" "$tasks/two" && ! "$build/0711ctl" purge "$src" >"$dir/said" 2>&1 &&
	cat "$dir/said" && grep -wF "$(jq .pid "$mnt/health")" "$dir/said" &&
	[ -e "$trash/gone@default" ]'
ok 'unmounted, it removes those named' '
	mount_stop && same "1 task purged" "$("$build/0711ctl" purge "$src" gone@default)" &&
	same 0 "$(blobs "$dir/gone.pdf")" && same 1 "$(blobs "$dir/kept.pdf")"'
ok 'of several with one name only the one named' '
	same "1 task purged" "$("$build/0711ctl" purge "$src" three~2@default)" &&
	! "$build/0711ctl" purge "$src" three~3@default >"$dir/said" 2>&1 &&
	same "2 tasks purged" "$("$build/0711ctl" purge "$src" three@default three~2@default)"'
ok 'a name that is not there is an error' '
	! "$build/0711ctl" purge "$src" nothing@default >"$dir/said" 2>&1 && grep "not in .trash" "$dir/said"'
ok 'or all' '
	"$build/0711ctl" purge "$src" | grep -x "[0-9]* tasks purged" && same 0 "$(blobs "$dir/kept.pdf")" &&
	mount_start && same "" "$(ls "$trash")" && [ -e "$tasks/one/result.json" ]'
ok 'trash_days 0 sweeps at the next start' '
	rm -r "$tasks/one" && put 0 "$mnt/settings/trash_days" && mount_stop && mount_start &&
	eventually "[ -z \"\$(ls $trash)\" ]"'
done_testing
