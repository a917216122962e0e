#!/bin/bash
# Reading starts nothing, changes nothing and ends: grep -r, cp -r, find, tar and du over the whole mount, while tasks run and
# readers wait; and every file is as long as stat says.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq ps
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks

# walk - every program that people and indexers send over a whole tree; each must end in ten seconds
walk()
{
	# grep finds the word or not; what must not happen is an error or the end of time
	timeout 10 grep -r xyzzy "$mnt"
	[ $? -le 1 ] && timeout 10 find "$mnt" -type f -printf '%s %p\n' >"$dir/found" &&
	[ "$(wc -l <"$dir/found")" -gt 10 ] &&
		rm -rf "$dir/copy" && timeout 10 cp -r "$mnt/engagements" "$dir/copy" &&
		timeout 10 tar -cf "$dir/all.tar" -C "$mnt" . && timeout 10 tar -tf "$dir/all.tar" >"$dir/listed" &&
		timeout 10 du -a "$mnt" >"$dir/used" && timeout 10 ls -laR "$mnt" >"$dir/long" &&
		timeout 10 grep -rl deadline "$mnt/engagements" >"$dir/matches"
	[ $? -le 1 ]
}

ok 'on a fresh mount it ends and starts no process' '
	walk && same "" "$(engines)" && same engagement.created "$(jq -r .type "$mnt/events")"'

# One task in each state, one folder, one open file, one temporary file, an engagement, an expert, a company.
ok 'a tree with everything in it' '
	mkdir "$mnt/engagements/e" "$mnt/experts/anna" "$mnt/companies/acme" "$inbox/folder" &&
	put 3600 "$mnt/settings/folder_quiet_s" && echo text >"$inbox/folder/a.txt" &&
	sample "$inbox/done.pdf" && wait_task done completed && put 100 "$mnt/engagements/default/review_threshold" &&
	sample "$inbox/unsure.pdf" unsure && wait_task unsure needs_review &&
	printf "\\211PNG" >"$inbox/bad.pdf" && wait_task bad failed && sample "$mnt/engagements/e/tasks/inbox/gone.pdf" &&
	wait_task "$mnt/engagements/e/tasks/gone" completed && rm -r "$mnt/engagements/e/tasks/gone" &&
	exec 9>"$inbox/held.pdf" && cat "$top/samples/city-website-rfp.pdf" >&9 && echo part >"$inbox/.part" &&
	must_fail EINVAL put perhaps "$tasks/unsure/review" &&
	engines_stop && sample "$inbox/running.pdf" running &&
	eventually "[ \"\$(cat $tasks/running/status)\" = in_progress ]" &&
	same "completed failed in_progress needs_review todo" "$(echo $(cat "$tasks"/*/status | sort -u))"'
cat "$tasks/running/wait" >/dev/null 2>&1 &
readers=$!
cat "$tasks/unsure/wait" >/dev/null 2>&1 &
readers="$readers $!"
cat "$mnt/events.follow" >"$dir/followed" 2>/dev/null &
readers="$readers $!"

# snapshot - what a walk could have changed
snapshot()
{
	cat "$mnt/events" "$tasks"/*/task.json "$tasks"/*/events.jsonl "$mnt"/engagements/*/engagement.json "$mnt"/settings/*
	ls -lRi --time-style=full-iso "$mnt/engagements" "$mnt/tasks" "$mnt/.trash"
	engines
}
snapshot >"$dir/before"
ok 'while tasks run and readers wait, it ends' 'walk'
ok 'and has changed nothing' '
	snapshot >"$dir/after" && diff "$dir/before" "$dir/after" && same "" "$(cat "$dir/followed")"'
ok 'the readers still wait' 'for pid in $readers; do kill -0 $pid || return 1; done'
ok 'the copy holds the documents and the results' '
	cmp "$top/samples/city-website-rfp.pdf" "$dir/copy/default/tasks/done/input/done.pdf" &&
	cmp "$tasks/done/result.json" "$dir/copy/default/tasks/done/result.json" &&
	diff -r "$tasks/done/output" "$dir/copy/default/tasks/done/output"'
ok 'tar saw no file shrink or grow' 'tar -cf /dev/null -C "$mnt" . 2>"$dir/said"; same "" "$(cat "$dir/said")"'
ok 'every file is exactly as long as stat says' '
	find "$mnt" -type f | while IFS= read -r file; do
		size=$(stat -c %s "$file") && same "$size" "$(cat "$file" | wc -c)" || { echo "$file"; exit 1; }
	done'
ok 'also for a program that copies by sendfile' '
	if type python3 >/dev/null 2>&1; then
		for name in README.txt health events mcps/TENDER/manifest.json mcps/TENDER/status settings/workers engagements/default/tasks/unsure/error engagements/default/tasks/done/result.json; do
			python3 -c "import shutil, sys; shutil.copyfile(*sys.argv[1:])" "$mnt/$name" "$dir/sent" &&
			same "$(stat -c %s "$dir/sent")" "$(cat "$mnt/$name" | wc -c)" || return 1
		done
	fi'
ok 'nothing is of a kind that surprises' '
	same "" "$(find "$mnt" ! -type f ! -type d ! -type l)" &&
	find "$mnt/tasks" -type l | while read -r link; do [ -d "$link" ] || return 1; done'
ok 'names that are not there are not found, wherever one asks' '
	find "$mnt" -type d | while IFS= read -r place; do [ ! -e "$place/no such name" ] &&
	[ ! -e "$place/no such name" ] || return 1; done'
ok 'what is only read cannot be written' '
	for file in README.txt health events engagements/default/tasks/done/status engagements/default/tasks/done/log engagements/default/tasks/done/input/done.pdf mcps/TENDER/manifest.json; do
		must_fail EACCES op put "$mnt/$file" x || must_fail EPERM op put "$mnt/$file" x || return 1
	done'
exec 9>&-
drop_many()
{
	local i

	for i in $(seq 30); do
		sample "$inbox/load$i.pdf" "load$i" || return 1
	done
}
ok 'while documents come in and are worked on, it ends too' '
	engines_go; drop_many & dropping=$!; walk; walked=$?; wait $dropping && same 0 $walked &&
	for i in $(seq 30); do wait_task load$i needs_review || return 1; done'
ok 'a large document is read whole by several at once, in pieces and mapped' '
	head -c 3000001 /dev/urandom >"$dir/large.pdf" && cp "$dir/large.pdf" "$inbox/" &&
	wait_task large failed && large=$tasks/large/input/large.pdf &&
	{ cmp "$large" "$dir/large.pdf" & } && cmp "$large" "$dir/large.pdf" && wait $! && exec 8<"$large" &&
	tail -c 4097 "$dir/large.pdf" | cmp - <(tail -c 4097 "$large") && cat <&8 | cmp - "$dir/large.pdf" &&
	exec 8<&- && python3 -c "if 1:
		import mmap, sys
		files = [open(f) for f in sys.argv[1:]]
		a, b = (mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) for f in files)
		sys.exit(a[:] != b[:])" "$large" "$dir/large.pdf"'
# shellcheck disable=SC2086  # a list of numbers
kill $readers 2>/dev/null
# shellcheck disable=SC2086
wait $readers
done_testing
