#!/bin/bash
# What the kernel keeps: names, attributes and listings that were looked at before a change are right after it. The change is
# the platform's own, or a worker's, so the kernel hears of it only from us, a moment after the commit.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
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

# soon COMMANDS - true within two seconds; what is not told to the kernel stays wrong for ever
soon()
{
	eventually "$1" 2
}

# now COMMANDS - true as soon as the change was acknowledged by write(2), close(2) or a read of wait
now()
{
	eval "$1"
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
		soon '[ -e "$inbox/life$i.pdf.receipt.json" ] && [ -d "$task" ] && [ -L "$mnt/tasks/todo/life$i" ] &&
			ls "$inbox" | grep -qx "life$i.pdf.receipt.json" && ls "$tasks" | grep -qx "life$i" &&
			same todo "$(cat "$task/status")" && exact "$task/status"' || return 1
		look "$task/result.json" "$task/output/summary.md" "$mnt/tasks/completed/life$i"
		exec 9>&-
		same completed "$(timeout 60 cat "$task/wait")" && same completed "$(cat "$task/status")" || return 1
		now '[ -s "$task/result.json" ] && [ -s "$task/output/summary.md" ] && ls "$task" | grep -qx result.json &&
			[ ! -L "$mnt/tasks/todo/life$i" ] && [ -L "$mnt/tasks/completed/life$i" ] &&
			ls "$mnt/tasks/completed" | grep -qx "life$i" && ! ls "$mnt/tasks/todo" | grep -x "life$i" &&
			exact "$task/status" "$task/progress" "$task/task.json" "$task/events.jsonl"' || return 1
	done
}
ok 'a task is seen as it is, from its receipt to its result' 'life'

ok 'the entry leaves the listing of the inbox' 'eventually "! ls $inbox | grep -x life1.pdf" 5'
ok 'events grow' '
	look && before=$(stat -c %s "$mnt/events") && mkdir "$mnt/engagements/a" &&
	eventually "[ \$(stat -c %s $mnt/events) -gt $before ]" 2 && exact "$mnt/events"'
engagement=$mnt/engagements/a
ok 'a single file changes the document, and its size' '
	look && put "A rather long title for this engagement" "$engagement/title" &&
	json_is "$engagement/engagement.json" ".title | startswith(\"A rather\")" &&
	now "exact $engagement/engagement.json $engagement/title" &&
	look && put 5 "$engagement/review_threshold" &&
	now "exact $engagement/engagement.json $engagement/review_threshold"'
ok 'the document changes the single files' '
	look && echo "{\"title\": \"T\", \"review_threshold\": 100}" >"$dir/new.json" &&
	cp "$dir/new.json" "$engagement/engagement.json" && same T "$(cat "$engagement/title")" &&
	now "exact $engagement/title $engagement/review_threshold $engagement/engagement.json"'
ok 'a refusal changes error' '
	look && must_fail ERANGE put 1000 "$engagement/review_threshold" &&
	now "[ -s $engagement/error ] && exact $engagement/error" && put 100 "$engagement/review_threshold" &&
	now "[ ! -s $engagement/error ] && exact $engagement/error"'
waiting=$mnt/tasks/needs_review
completed=$mnt/tasks/completed
ok 'links follow a renamed engagement' '
	sample "$engagement/tasks/inbox/x.pdf" x && wait_task "$engagement/tasks/x" needs_review &&
	look "$waiting/x@b" && mv "$engagement" "$mnt/engagements/b" && engagement=$mnt/engagements/b &&
	soon "[ -L $waiting/x@b ] && [ ! -L $waiting/x@a ] && same x@b \"\$(ls $waiting)\" &&
		same ../../engagements/b/tasks/x \"\$(readlink $waiting/x@b)\""'
ok 'links follow a renamed task' '
	look "$waiting/y@b" && mv "$engagement/tasks/x" "$engagement/tasks/y" &&
	soon "[ -L $waiting/y@b ] && [ ! -L $waiting/x@b ] && same y@b \"\$(ls $waiting)\" &&
		same ../../engagements/b/tasks/y \"\$(readlink $waiting/y@b)\""'
ok 'a decision moves the link' '
	look "$completed/y@b" && put approve "$engagement/tasks/y/review" && task=$engagement/tasks/y &&
	now "[ -L $completed/y@b ] && [ ! -L $waiting/y@b ] && same \"\" \"\$(ls $waiting)\" &&
		exact $task/review $task/status $task/task.json"'
ok 'a moved link changes the task' '
	put 100 "$mnt/engagements/default/review_threshold" && sample "$inbox/m.pdf" m &&
	wait_task m needs_review && soon "[ -L $waiting/m ]" && look && mv "$waiting/m" "$completed/" &&
	same completed "$(cat "$tasks/m/status")" &&
	soon "exact $tasks/m/status $tasks/m/task.json $tasks/m/review"'
ok 'a correction is another file, and the former gets a name' '
	sample "$inbox/c.pdf" c && wait_task c needs_review && soon "[ -e $tasks/c/result.json ]" &&
	look "$tasks/c/result.1.json" && cp "$tasks/c/result.json" "$dir/former.json" &&
	exec 8<"$tasks/c/result.json" && jq ".title = null" "$dir/former.json" >"$dir/c.json" &&
	cp "$dir/c.json" "$tasks/c/result.json" &&
	now "cmp $dir/c.json $tasks/c/result.json && cmp $dir/former.json $tasks/c/result.1.json &&
		exact $tasks/c/result.json $tasks/c/result.1.json" && cmp "$dir/former.json" - <&8 && exec 8<&-'
ok 'a removed task is gone everywhere, and back everywhere' '
	put approve "$tasks/c/review" && look "$mnt/.trash/c@default" && rm -r "$tasks/c" &&
	soon "[ ! -e $tasks/c ] && [ ! -L $completed/c ] && [ -d $mnt/.trash/c@default ] &&
		! ls $completed | grep -x c" &&
	look && mv "$mnt/.trash/c@default" "$tasks/c" &&
	soon "[ -L $completed/c ] && [ ! -e $mnt/.trash/c@default ] && same \"\" \"\$(ls $mnt/.trash)\""'
ok 'names in .trash follow the engagement, and what goes from there' '
	for i in 1 2 3; do
		sample "$engagement/tasks/inbox/t.pdf" "t$i" && wait_task "$engagement/tasks/t" needs_review &&
			put approve "$engagement/tasks/t/review" && rm -r "$engagement/tasks/t" || return 1
	done
	look "$mnt/.trash/t@b" "$mnt/.trash/t~2@b" "$mnt/.trash/t~3@b" && [ -d "$mnt/.trash/t~3@b" ] &&
	second=$(jq -r .id "$mnt/.trash/t~2@b/task.json") && mv "$mnt/engagements/b" "$mnt/engagements/bb" &&
	[ ! -e "$mnt/.trash/t@b" ] && [ -d "$mnt/.trash/t~3@bb" ] && look && rm -r "$mnt/.trash/t@bb" &&
	same "$second" "$(jq -r .id "$mnt/.trash/t@bb/task.json")" && [ ! -e "$mnt/.trash/t~3@bb" ] &&
	same "t@bb t~2@bb" "$(echo $(ls "$mnt/.trash"))" && mv "$mnt/engagements/bb" "$mnt/engagements/b"'
ok 'the default engagement changes the names of links' '
	look "$completed/y" "$completed/c@default" && put b "$mnt/settings/default_engagement" &&
	now "[ -L $completed/y ] && [ -L $completed/c@default ] && [ ! -L $completed/c ]"'
put default "$mnt/settings/default_engagement"
ok 'a submitted folder turns into a task' '
	put 3600 "$mnt/settings/folder_quiet_s" && mkdir "$inbox/f" && look "$tasks/f" "$inbox/f.receipt.json" &&
	sample "$inbox/f/a.pdf" f && put submit "$inbox/f/ctl" &&
	soon "[ -d $tasks/f ] && [ -e $inbox/f.receipt.json ]" &&
	wait_task f needs_review && eventually "[ ! -e $inbox/f ]" 5'
ok 'a folder that grows gets its folders anew' '
	engines_stop && mkdir "$inbox/g" "$inbox/g/annex" && sample "$inbox/g/annex/a.pdf" g &&
	put submit "$inbox/g/ctl" && soon "[ -s $tasks/g/input/annex/a.pdf ]" && look &&
	sample "$inbox/g/annex/b.pdf" g2 &&
	soon "[ -s $tasks/g/input/annex/b.pdf ] && cmp $inbox/g/annex/a.pdf $tasks/g/input/annex/a.pdf" &&
	put cancel "$tasks/g/ctl" && engines_go'
ok 'progress is seen while it moves' '
	put 80 "$mnt/engagements/default/review_threshold" && engines_stop && sample "$inbox/p.pdf" p &&
	eventually "[ \"\$(cat $tasks/p/status)\" = in_progress ]" && look && soon "exact $tasks/p/progress" &&
	engines_go && wait_task p completed && same "100 completed" "$(cat "$tasks/p/progress")" &&
	soon "exact $tasks/p/progress"'
done_testing
