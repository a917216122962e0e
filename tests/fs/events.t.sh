#!/bin/bash
# The public log: what each type holds, where a reader goes on, finished days, and how long they stay.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
clear_of_midnight 120
need jq sqlite3
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
"$build/tests/doc/tables" | sed -n 's/^event //p' >"$dir/types"

# told - the events of today are exactly what the table of types says, members and all
told()
{
	jq -r '[.type] + (.data | keys) | join(" ")' "$mnt/events" | sort -u >"$dir/told"
	while read -r type rest; do
		echo "$type $(tr ' ' '\n' <<<"$rest" | sort | paste -sd ' ')"
	done <"$dir/types" >"$dir/sorted"
	! grep -vxF -f "$dir/sorted" "$dir/told"
}

# yesterday DAYS CONDITION - while nothing is mounted: the events that fit are so many days older
yesterday()
{
	sqlite3 "$src/platform.db" "UPDATE event SET created_at = created_at - $1 * 86400000 WHERE $2"
}

# refusing_endpoint - one whose receiver answers 410 to the first event of an engagement
refusing_endpoint()
{
	local end=$mnt/webhooks/endpoints/gone

	mkdir "$dir/receiver" && echo /410 >"$dir/receiver/gone" && mkfifo "$dir/hold" && exec 8<>"$dir/hold" || return 1
	"$build/tests/webhook/receiver" "$dir/receiver" <"$dir/hold" &
	eventually '[ -s "$dir/receiver/port" ]' && mkdir "$end" && put "engagement.*" "$end/events" && put 127.0.0.1 "$end/allow" &&
		put "http://127.0.0.1:$(cat "$dir/receiver/port")/to/gone" "$end/url" && put "generate ed25519" "$end/secret" &&
		same active "$(cat "$end/state")"
}

mount_start || exit
sample "$inbox/one.pdf" one && wait_task one completed || exit
put 100 "$mnt/engagements/default/review_threshold"
sample "$inbox/two.pdf" two && wait_task two needs_review
put "reject no" "$tasks/two/review"
put retry "$tasks/two/ctl" && wait_task two needs_review
put approve "$tasks/two/review"
put high "$tasks/two/priority"
engines_stop
sample "$inbox/lost.pdf" lost
eventually '[ "$(cat "$tasks/lost/status")" = in_progress ]'
mount_kill
mount_start || exit
wait_task lost needs_review
put retry "$tasks/lost/ctl" && wait_task lost needs_review
engines_stop
put retry "$tasks/lost/ctl"
eventually '[ "$(cat "$tasks/lost/status")" = in_progress ]'
put cancel "$tasks/lost/ctl"
engines_go
engines_stop
sample "$inbox/crash.pdf" crash
eventually '[ "$(cat "$tasks/crash/status")" = in_progress ]'
engines | xargs kill -9
wait_task crash needs_review
rm -r "$tasks/lost" && mv "$mnt/.trash/lost@default" "$tasks/lost"
refusing_endpoint || exit
mkdir "$mnt/engagements/other"
eventually 'grep -q ^disabled "$mnt/webhooks/endpoints/gone/state"' || exit
rmdir "$mnt/webhooks/endpoints/gone"
put 31 "$mnt/settings/trash_days"

ok 'each event has the members that its type has' 'told'
ok 'every type was told but those of models, which tests/platform/model-test tells' '
	grep -v -e "(to come)" -e "^model\." types | cut -d " " -f 1 | sort >expected && cut -d " " -f 1 told | grep -v "^model\." | sort -u >got && diff expected got'
ok 'an event is one line of JSON with id, type, timestamp and data' '
	same "data,id,timestamp,type" "$(jq -r "keys | join(\",\")" "$mnt/events" | sort -u)" &&
	same "$(wc -l <"$mnt/events")" "$(jq -r .id "$mnt/events" | sort -u | wc -l)"'
ok 'ids are in the order of time' 'jq -r .id "$mnt/events" | sort -c'
ok 'what completed says where its result is' '
	path=$(jq -r "select(.type == \"task.completed\") | .data.output_path" "$mnt/events" | head -n 1) &&
	same engagements/default/tasks/one/result.json "$path" && [ -s "$mnt/$path" ]'
ok 'a small result is told, a large one only its place' '
	jq -c "select(.type == \"task.completed\") | .data.output_data" "$mnt/events" | head -n 1 >output &&
	if [ "$(cat output)" = null ]; then [ "$(jq -c . "$tasks/one/result.json" | wc -c)" -gt 16384 ]
	else jq . output >told.json && jq . "$tasks/one/result.json" | diff - told.json; fi'
ok 'no line is longer than was promised' '[ "$(wc -L <"$mnt/events")" -lt 20480 ]'
ok 'a setting that is written anew is told' '
	json_is <(tail -n 1 "$mnt/events") ".type == \"setting.changed\" and .data == { name: \"trash_days\", value: \"31\", is_default: false }" &&
	put "" "$mnt/settings/trash_days" &&
	json_is <(tail -n 1 "$mnt/events") ".data == { name: \"trash_days\", value: \"30\", is_default: true }"'

# Going on after an event
ok 'events.since lists nothing, and reading the tree opens none' '
	same "" "$(ls -A "$mnt/events.since")"'
ok 'events.since/0 has all' 'diff "$mnt/events.since/0" "$mnt/events"'
ok 'events.since/ID has what follows' '
	for n in 1 5 $(wc -l <"$mnt/events"); do
		id=$(sed -n "${n}p" "$mnt/events" | jq -r .id) &&
		tail -n +$((n + 1)) "$mnt/events" | diff - "$mnt/events.since/$id" &&
		same "$(wc -c <"$mnt/events.since/$id")" "$(stat -c %s "$mnt/events.since/$id")" || return 1
	done'
ok 'it grows' '
	id=$(tail -n 1 "$mnt/events" | jq -r .id) && same 0 "$(stat -c %s "$mnt/events.since/$id")" &&
	mkdir "$mnt/engagements/more" && same engagement.created "$(jq -r .type "$mnt/events.since/$id")" &&
	same "$(wc -c <"$mnt/events.since/$id")" "$(stat -c %s "$mnt/events.since/$id")"'
ok 'an id that no event has: ENOENT' '
	must_fail ENOENT cat "$mnt/events.since/01900000-0000-7000-8000-000000000000" &&
	must_fail ENOENT cat "$mnt/events.since/1" && must_fail ENOENT cat "$mnt/events.since/x"'
ok 'nothing can be written or made there' '
	must_fail EACCES op create "$mnt/events.since/x" || must_fail EPERM op create "$mnt/events.since/x" &&
	must_fail EPERM op create "$mnt/events.d/x"'
ok 'a script that keeps the last id misses nothing over a restart' '
	last=$(tail -n 1 "$mnt/events" | jq -r .id) && mount_stop && mount_start &&
	mkdir "$mnt/engagements/late" && mkdir "$mnt/engagements/later" &&
	same "late later" "$(echo $(jq -r .data.name "$mnt/events.since/$last"))"'

# Finished days
ok 'today is no finished day' 'same "" "$(ls "$mnt/events.d")"'
yesterday 2 "type LIKE 'task.%'"
ok 'a day is listed as soon as it is over' '
	mkdir "$mnt/engagements/latest" && same "$(date -u -d "-2 days" +%F).jsonl" "$(ls "$mnt/events.d")"'
cp "$mnt/events.since/0" "$dir/all"
mount_stop
yesterday 5 "type = 'setting.changed'"
mount_start || exit
today=$(date -u +%F)
ok 'each day with events has a file' '
	same "$(date -u -d "$today -5 days" +%F).jsonl $(date -u -d "$today -2 days" +%F).jsonl" "$(echo $(ls "$mnt/events.d"))"'
ok 'all are there once: in today'\''s or a finished one' '
	cat "$mnt"/events.d/* "$mnt/events" | jq -r .id | sort | diff - <(jq -r .id all | sort)'
ok 'a day has its events only' '
	for file in "$mnt"/events.d/*; do
		same "$(basename "$file" .jsonl)" "$(jq -r ".timestamp[:10]" "$file" | sort -u)" || return 1
	done &&
	same "$today" "$(jq -r ".timestamp[:10]" "$mnt/events" | sort -u)"'
ok 'sizes are exact, and times are those of the last event' '
	for file in "$mnt"/events.d/*; do
		same "$(wc -c <"$file")" "$(stat -c %s "$file")" &&
		same "$(date -d "$(tail -n 1 "$file" | jq -r .timestamp)" +%s)" "$(stat -c %Y "$file")" || return 1
	done'
ok 'events.since begins with the oldest day' '
	same "$(wc -l <all)" "$(wc -l <"$mnt/events.since/0")"'
ok 'a day without events, today and what is no day are not there' '
	for name in "$(date -u -d "$today -3 days" +%F).jsonl" "$today.jsonl" 2026-13-01.jsonl "$(date -u -d "$today -2 days" +%F)" x; do
		must_fail ENOENT cat "$mnt/events.d/$name" || return 1
	done'
ok 'what is older than the setting goes at the next start' '
	put 4 "$mnt/settings/event_days" && mount_stop && mount_start &&
	eventually "[ \$(ls $mnt/events.d | wc -l) = 1 ]" &&
	same "$(date -u -d "$today -2 days" +%F).jsonl" "$(ls "$mnt/events.d")" &&
	same event_days "$(jq -r "select(.type == \"setting.changed\").data.name" "$mnt/events.since/0")"'
ok 'and a reader whose last event is gone hears of it' 'must_fail ENOENT cat "$mnt/events.since/$(grep -h setting.changed all | head -n 1 | jq -r .id)"'
done_testing
