#!/bin/bash
# Watchers (inotify) in the mount hear of what changes by itself: results come, links move. Nobody else notices.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need inotifywait jq ps

tasks=$mnt/engagements/default/tasks
seen=$dir/seen
watcher=

# watch DIRECTORY... - what is seen there goes to $seen, a line "NAME-OF-DIRECTORY EVENTS FILE" each
watch()
{
	: >"$dir/watch.err"
	inotifywait -m --format '%w %e %f' "$@" >"$seen" 2>>"$dir/watch.err" &
	watcher=$!
	eventually 'grep -q "Watches established" "$dir/watch.err"'
}

# count DIRECTORY EVENT FILE - how often it was seen; DIRECTORY is the last part of its path, FILE a pattern
count()
{
	grep -Ec "/$1/ ([A-Z_,]*,)?$2(,[A-Z_]*)* $3\$" "$seen"
}

# saw DIRECTORY EVENT FILE - true as soon as it was seen
saw()
{
	eventually "[ \"\$(count '$1' '$2' '$3')\" != 0 ]" || {
		tail -n 40 "$seen"
		false
	}
}

unwatch()
{
	kill "$watcher"
	wait "$watcher" 2>/dev/null || true
}

helper()
{
	ps -eo pid=,ppid=,comm= | awk -v d="$daemon" '$2 == d && $3 == "0711-kick" { print $1 }'
}

# kicks WHAT - a figure of health, which is made anew each second
kicks()
{
	jq ".inotify.$1" "$mnt/health"
}

mount_start
sample "$mnt/tasks/inbox/first.pdf"
wait_task first

# The figures of health are at most a second old.
ok 'there is a helper, and while nobody watches it does nothing' '
	[ -n "$(helper)" ] &&
	for i in 1 2 3; do
		sample "$mnt/tasks/inbox/idle$i.pdf" "$i" && wait_task "idle$i" completed || return 1
	done &&
	ls -lR "$mnt" >/dev/null &&
	sleep 1.1 && json_is "$mnt/health" ".inotify == { state: \"auto\", watched: 0, kicks: 0, dropped: 0 }"'

engines_stop
sample "$mnt/tasks/inbox/rfp.pdf" rfp
ok 'the task waits for its engine' 'eventually "[ -L \"\$mnt/tasks/in_progress/rfp\" ]"'
watch "$tasks/rfp" "$tasks/rfp/output" "$mnt/tasks/inbox" "$tasks" "$mnt"/tasks/{todo,in_progress,completed,needs_review}
events=$(jq -s length "$tasks/rfp/events.jsonl")
engines_go

ok 'who watches a task sees its result come' '
	wait_task rfp completed && saw rfp CREATE result.json && saw rfp CLOSE_WRITE result.json'
ok 'and its output' 'saw output CREATE summary.md && saw output CLOSE_WRITE summary.md'
ok 'and that its state is another' 'saw rfp ATTRIB status && saw rfp ATTRIB task.json'
ok 'its link moves' 'saw in_progress DELETE rfp && saw completed CREATE rfp'
ok 'its entry leaves the inbox' 'saw inbox DELETE rfp.pdf'

engines_stop
sample "$mnt/tasks/inbox/next.pdf" next
ok 'a new task is seen, with its receipt and its link' '
	saw tasks CREATE next && saw inbox CREATE next.pdf.receipt.json && saw todo CREATE next &&
	saw todo DELETE next && saw in_progress CREATE next'
engines_go
ok 'and its end' 'wait_task next completed && saw completed CREATE next'

ok 'what a person does through the mount is reported once, by the kernel' '
	mv "$tasks/next" "$tasks/last" && saw tasks MOVED_TO last && saw completed CREATE last && saw completed DELETE next &&
	rm -r "$tasks/last" && saw completed DELETE last && saw tasks DELETE last &&
	mkdir "$mnt/tasks/inbox/folder" && saw inbox CREATE folder && rmdir "$mnt/tasks/inbox/folder" && saw inbox DELETE folder &&
	sample "$mnt/tasks/inbox/end.pdf" end && wait_task end completed && saw completed CREATE end &&
	same "0 1 1 1" "$(count tasks CREATE last) $(count tasks DELETE last) $(count inbox CREATE folder) $(count inbox DELETE folder)"'

ok 'the kicks changed nothing' '
	json_is "$tasks/rfp/task.json" ".status == \"completed\" and .title == \"rfp\"" &&
	same "$((events + 1))" "$(jq -s length "$tasks/rfp/events.jsonl")" &&
	same "$(date -d "$(jq -r .updated_at "$tasks/rfp/task.json")" +%s)" "$(stat -c %Y "$tasks/rfp/task.json")" &&
	same 1 "$(stat -c %h "$mnt/tasks/completed/rfp")" &&
	same 3 "$(find "$tasks" -mindepth 1 -maxdepth 1 -name "[^i]*" | wc -l)" &&
	! grep -E "warn|error" "$log"'

unwatch

put 100 "$mnt/engagements/default/review_threshold"
sample "$mnt/tasks/inbox/unsure.pdf" unsure
wait_task unsure needs_review
put 80 "$mnt/engagements/default/review_threshold"
watch "$mnt"/tasks/{needs_review,completed} "$tasks/unsure"
ok 'a review is seen as a move' '
	put approve "$tasks/unsure/review" && wait_task unsure completed &&
	saw needs_review DELETE unsure && saw completed CREATE unsure && saw unsure ATTRIB status'
unwatch

mkdir "$mnt/webhooks/endpoints/shop" "$mnt/models/parser"
watch "$mnt/webhooks/endpoints/shop" "$mnt/models/parser"
ok 'a refusal by an endpoint or a model is seen' '
	must_fail EINVAL put nowhere "$mnt/webhooks/endpoints/shop/url" && saw shop ATTRIB error &&
	must_fail EINVAL put dance "$mnt/models/parser/ctl" && saw parser ATTRIB error'
ok 'and that they were set' '
	put 127.0.0.1 "$mnt/webhooks/endpoints/shop/allow" && saw shop ATTRIB endpoint.json &&
	echo "{ \"purpose\": \"to read\" }" | tee "$mnt/models/parser/spec.json" && saw parser ATTRIB spec.json'
unwatch

ok 'a storm is answered: nothing is lost, the mount answers, links are told of' '
	watch "$mnt"/tasks/{inbox,todo,in_progress,completed} "$tasks" &&
	for i in $(seq 60); do
		sample "$mnt/tasks/inbox/storm$i.pdf" "storm $i" || return 1
	done &&
	for i in $(seq 60); do
		wait_task "storm$i" completed || return 1
	done &&
	same 60 "$(find "$mnt/tasks/completed" -name "storm*" | wc -l)" &&
	saw completed CREATE "storm[0-9]+"'

ok 'a helper that hangs costs its kicks and nothing else' '
	kill -STOP "$(helper)" && sample "$mnt/tasks/inbox/hang.pdf" hang && wait_task hang completed &&
	same completed "$(cat "$tasks/hang/status")" &&
	eventually "grep -q \"did not end within\" \"\$log\"" && kill -CONT "$(helper)" &&
	eventually "sample \"\$mnt/tasks/inbox/again.pdf\" \$RANDOM && [ \"\$(count inbox CREATE again.pdf.receipt.json)\" != 0 ]"'

ok 'a daemon that is killed takes the helper along, and the mount that hangs' '
	pid=$(helper) && { for i in $(seq 30); do sample "$mnt/tasks/inbox/k$i.pdf" "k$i"; done >/dev/null 2>&1 & } &&
	saw inbox CREATE k5.pdf && mount_kill && eventually "! kill -0 $pid 2>/dev/null" &&
	wait $! ; must_fail ENOTCONN cat "$mnt/health"'
unwatch

ok 'a mount after that has all, and a helper again' '
	mount_start && [ -n "$(helper)" ] && wait_task k1 completed && [ ! -e "$mnt/tasks/failed/k1" ]'
ok 'without its helper the mount works on, says so once, and ends' '
	watch "$mnt/tasks/completed" && sample "$mnt/tasks/inbox/one.pdf" one && saw completed CREATE one &&
	kill -9 "$(helper)" && sample "$mnt/tasks/inbox/two.pdf" two && wait_task two completed &&
	eventually "grep -q \"helper process is gone\" \"\$log\"" &&
	eventually "json_is \"\$mnt/health\" \".inotify.state == \\\"failed\\\"\" >/dev/null" &&
	sample "$mnt/tasks/inbox/three.pdf" three && wait_task three completed &&
	same 1 "$(grep -c "helper process is gone" "$log")"'
unwatch
ok 'it ends while kicks are under way' '
	mount_stop && mount_start && watch "$mnt"/tasks/{inbox,todo,in_progress,completed} "$tasks" &&
	for i in $(seq 20); do sample "$mnt/tasks/inbox/e$i.pdf" "e$i" || return 1; done &&
	saw todo CREATE "e[0-9]+" && kill -TERM "$daemon" && wait "$daemon"'
daemon=
unwatch
ok 'with inotify=off there is no helper, and watchers see only what is done through the mount' '
	mount_start -o inotify=off && [ -z "$(helper)" ] && watch "$tasks" "$mnt/tasks/completed" "$mnt/tasks/inbox" &&
	sample "$mnt/tasks/inbox/off.pdf" off && wait_task off completed && saw inbox CREATE off.pdf &&
	same 0 "$(count completed CREATE off)" && json_is "$mnt/health" ".inotify.state == \"off\" and .inotify.kicks == 0" &&
	unwatch && mount_stop'
ok 'with inotify=on there are kicks though nobody is seen watching' '
	mount_start -o inotify=on && sample "$mnt/tasks/inbox/on.pdf" on && wait_task on completed &&
	eventually "[ \"\$(kicks kicks)\" -gt 3 ]" && json_is "$mnt/health" ".inotify.state == \"on\" and .inotify.watched == 0" &&
	mount_stop'
ok 'a mount that is read-only has no helper' 'mount_start -o ro && [ -z "$(helper)" ] && mount_stop'
done_testing
