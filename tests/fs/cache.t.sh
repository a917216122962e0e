#!/bin/bash
# What the kernel keeps: names, attributes and listings that were looked at before a change are right after it. The change is
# the platform's own, or a worker's, so the kernel hears of it only from us.
. "${FS0711_SRCDIR:-.}/tests/lib.sh"
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks

# look - fill the kernel's caches with everything, also with names that are not there
look()
{
	ls -laR "$mnt" >/dev/null
	for name; do
		[ -e "$name" ]
	done
	true
}

# exact FILE... - each is as long as stat says
exact()
{
	local file

	for file; do
		same "$(stat -c %s "$file")" "$(cat "$file" | wc -c)" || { echo "$file"; return 1; }
	done
}

rounds=20
life()
{
	local i task

	for i in $(seq "$rounds"); do
		task=$tasks/life$i
		look "$inbox/life$i.pdf" "$inbox/life$i.pdf.receipt.json" "$task" "$mnt/tasks/todo/life$i" "$mnt/tasks/completed/life$i"
		sample "$dir/life.pdf" "life$i"
		exec 9>"$inbox/life$i.pdf"
		cat "$dir/life.pdf" >&9
		[ -e "$inbox/life$i.pdf.receipt.json" ] && [ -d "$task" ] && same todo "$(cat "$task/status")" &&
		same 5 "$(stat -c %s "$task/status")" && [ -L "$mnt/tasks/todo/life$i" ] &&
			ls "$inbox" | grep -qx "life$i.pdf.receipt.json" && ls "$tasks" | grep -qx "life$i" || return 1
		look "$task/result.json" "$task/output/summary.md" "$mnt/tasks/completed/life$i"
		exec 9>&-
		same completed "$(timeout 60 cat "$task/wait")" && same completed "$(cat "$task/status")" &&
		[ -s "$task/result.json" ] && [ -s "$task/output/summary.md" ] &&
			[ ! -L "$mnt/tasks/todo/life$i" ] && [ -L "$mnt/tasks/completed/life$i" ] &&
			[ ! -e "$inbox/life$i.pdf.old" ] &&
			exact "$task/status" "$task/progress" "$task/task.json" "$task/events.jsonl" &&
			ls "$task" | grep -qx result.json && ls "$mnt/tasks/completed" | grep -qx "life$i" &&
			! ls "$mnt/tasks/todo" | grep -x "life$i" || return 1
	done
}
ok 'a task is seen as it is, from its receipt to its result' 'life'

ok 'the entry leaves the listing of the inbox' 'eventually "! ls $inbox | grep -x life1.pdf" 5'
ok 'events grow' '
	look && before=$(stat -c %s "$mnt/events") && mkdir "$mnt/engagements/a" &&
	eventually "[ \$(stat -c %s $mnt/events) -gt $before ]" 2 && exact "$mnt/events"'
ok 'a single file changes the document, and its size' '
	engagement=$mnt/engagements/a && look && put "A rather long title for this engagement" "$engagement/title" &&
	exact "$engagement/engagement.json" "$engagement/title" &&
	json_is "$engagement/engagement.json" ".title | startswith(\"A rather\")" &&
	put 5 "$engagement/review_threshold" && exact "$engagement/engagement.json" "$engagement/review_threshold"'
ok 'the document changes the single files' '
	look && echo "{\"title\": \"T\", \"review_threshold\": 100}" >"$dir/new.json" &&
	cp "$dir/new.json" "$engagement/engagement.json" && same T "$(cat "$engagement/title")" &&
	same 2 "$(stat -c %s "$engagement/title")" && same 4 "$(stat -c %s "$engagement/review_threshold")"'
ok 'a refusal changes error' '
	look && must_fail ERANGE put 1000 "$engagement/review_threshold" && [ -s "$engagement/error" ] &&
	exact "$engagement/error" && put 100 "$engagement/review_threshold" &&
	same 0 "$(stat -c %s "$engagement/error")"'
ok 'links follow a renamed engagement' '
	sample "$engagement/tasks/inbox/x.pdf" x && wait_task "$engagement/tasks/x" needs_review &&
	look "$mnt/tasks/needs_review/x@b" && mv "$engagement" "$mnt/engagements/b" &&
	engagement=$mnt/engagements/b &&
	[ -L "$mnt/tasks/needs_review/x@b" ] && [ ! -L "$mnt/tasks/needs_review/x@a" ] &&
	same ../../engagements/b/tasks/x "$(readlink "$mnt/tasks/needs_review/x@b")" &&
	same x@b "$(ls "$mnt/tasks/needs_review")"'
ok 'links follow a renamed task' '
	look "$mnt/tasks/needs_review/y@b" && mv "$engagement/tasks/x" "$engagement/tasks/y" &&
	same y@b "$(ls "$mnt/tasks/needs_review")" &&
	same ../../engagements/b/tasks/y "$(readlink "$mnt/tasks/needs_review/y@b")" &&
	[ ! -L "$mnt/tasks/needs_review/x@b" ]'
ok 'a decision moves the link' '
	look "$mnt/tasks/completed/y@b" && put approve "$engagement/tasks/y/review" &&
	[ -L "$mnt/tasks/completed/y@b" ] && [ ! -L "$mnt/tasks/needs_review/y@b" ] &&
	same "" "$(ls "$mnt/tasks/needs_review")" &&
	exact "$engagement/tasks/y/review" "$engagement/tasks/y/status" "$engagement/tasks/y/task.json"'
ok 'a moved link changes the task' '
	look && put 100 "$mnt/engagements/default/review_threshold" && sample "$inbox/m.pdf" m &&
	wait_task m needs_review && look && mv "$mnt/tasks/needs_review/m" "$mnt/tasks/completed/" &&
	same completed "$(cat "$tasks/m/status")" && exact "$tasks/m/status" "$tasks/m/task.json" "$tasks/m/review"'
ok 'a correction is another file, and the former gets a name' '
	sample "$inbox/c.pdf" c && wait_task c needs_review && look "$tasks/c/result.1.json" &&
	exec 8<"$tasks/c/result.json" && ino=$(stat -c %i "$tasks/c/result.json") &&
	jq ".title = null" "$tasks/c/result.json" >"$dir/c.json" && cp "$dir/c.json" "$tasks/c/result.json" &&
	cmp "$dir/c.json" "$tasks/c/result.json" && [ "$ino" != "$(stat -c %i "$tasks/c/result.json")" ] &&
	cmp "$tasks/c/result.1.json" - <&8 && exec 8<&- && exact "$tasks/c/result.json" "$tasks/c/result.1.json"'
ok 'a removed task is gone everywhere, and back everywhere' '
	put approve "$tasks/c/review" && look "$mnt/.trash/c@default" && rm -r "$tasks/c" && [ ! -e "$tasks/c" ] &&
	[ ! -L "$mnt/tasks/completed/c" ] && [ -d "$mnt/.trash/c@default" ] &&
	! ls "$mnt/tasks/completed" | grep -x c &&
	look && mv "$mnt/.trash/c@default" "$tasks/c" && [ -L "$mnt/tasks/completed/c" ] &&
	[ ! -e "$mnt/.trash/c@default" ] && same "" "$(ls "$mnt/.trash")"'
ok 'the default engagement changes the names of links' '
	look "$mnt/tasks/completed/y" "$mnt/tasks/completed/c@default" && put b "$mnt/settings/default_engagement" &&
	eventually "[ -L $mnt/tasks/completed/y ] && [ -L $mnt/tasks/completed/c@default ] &&
	[ ! -L $mnt/tasks/completed/c ]" 2'
put default "$mnt/settings/default_engagement"
ok 'a submitted folder turns into a task' '
	put 3600 "$mnt/settings/folder_quiet_s" && mkdir "$inbox/f" && look "$tasks/f" "$inbox/f.receipt.json" &&
	sample "$inbox/f/a.pdf" f && put submit "$inbox/f/ctl" && [ -d "$tasks/f" ] &&
	[ -e "$inbox/f.receipt.json" ] && wait_task f needs_review && eventually "[ ! -e $inbox/f ]" 5'
ok 'progress is seen while it moves' '
	put 80 "$mnt/engagements/default/review_threshold" && engines_stop && sample "$inbox/p.pdf" p &&
	eventually "[ \"\$(cat $tasks/p/status)\" = in_progress ]" && look && exact "$tasks/p/progress" &&
	engines_go && wait_task p completed && same "100 completed" "$(cat "$tasks/p/progress")" &&
	exact "$tasks/p/progress"'
done_testing
