#!/bin/bash
# 0711ctl fsck: each fault made by hand is found, and repaired where it can be; nothing else changes.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq sqlite3
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
base=$dir/base

# fsck [OPTION...] - sets $status, and $dir/said to what it prints
fsck()
{
	"$build/0711ctl" fsck "$@" "$src" >"$dir/said" 2>&1
	status=$?
	cat "$dir/said"
}

# finds STATUS WORD [TEXT] - fsck ends with that status and has a line that begins with WORD and holds TEXT
finds()
{
	fsck
	same "$1" "$status" && grep "^$2: " "$dir/said" | grep -F -- "${3:-}" >/dev/null && same 1 "$(grep -c '; ' "$dir/said")"
}

# repairs WORD - with --repair fsck repairs that and no more, and finds nothing after
repairs()
{
	fsck --repair
	same 0 "$status" && grep "^$1: .*; repaired$" "$dir/said" && fsck && same 0 "$status"
}

# blob FILE - where the store keeps the bytes of FILE
blob()
{
	blob_of "$(sha_of "$1")"
}

blob_of()
{
	echo "$src/blobs/${1:0:2}/${1:2}"
}

# sql STATEMENTS - in the database, while nothing is mounted
sql()
{
	sqlite3 "$src/platform.db" "$1"
}

# task NAME COLUMN - of the store
task()
{
	sql "SELECT $2 FROM task WHERE name = '$1'"
}

# result NAME - the hash of its result
result()
{
	sql "SELECT sha256 FROM document WHERE role = 'result' AND task_row = $(task "$1" row_id)"
}

# fresh - the store as it was before any fault
fresh()
{
	[ -z "$daemon" ] || mount_stop
	rm -rf "$src" && cp -a "$base" "$src"
}

# rows DIR - all rows of the store, a line each, without the times that a repair stamps
rows()
{
	rm -rf "$1" && mkdir "$1" && "$build/0711ctl" dump "$src" "$dir/rows.tar" 2>/dev/null
	tar -xf "$dir/rows.tar" -C "$1"
}

# changed ONLY - what differs from the rows before are lines that match ONLY, and new ones
changed()
{
	rows "$dir/after"
	! diff -r "$dir/before/rows" "$dir/after/rows" | grep "^< " | grep -v -- "$1"
}

ok 'a platform with documents, folders, a review and a trash' '
	for name in one two three; do sample "$dir/$name.pdf" $name && cp "$dir/$name.pdf" "$inbox/" || return 1; done &&
	wait_task one completed && wait_task two completed && wait_task three completed &&
	put 100 "$mnt/engagements/default/review_threshold" && sample "$dir/judged.pdf" judged && cp "$dir/judged.pdf" "$inbox/" &&
	wait_task judged needs_review && mv "$mnt/tasks/needs_review/judged" "$mnt/tasks/completed/" &&
	sample "$dir/waits.pdf" waits && cp "$dir/waits.pdf" "$inbox/" && wait_task waits needs_review &&
	put 80 "$mnt/engagements/default/review_threshold" &&
	mkdir "$dir/offer" "$dir/offer/part" && sample "$dir/offer/a.pdf" a && sample "$dir/offer/part/b.pdf" b && cp -r "$dir/offer" "$inbox/" &&
	eventually "[ -d $tasks/offer ]" && wait_task offer && rm -r "$tasks/three"'
ok 'is sound while it is mounted' 'fsck && same 0 "$status" && grep -F ": 0 problems, 0 remains" "$dir/said" && grep -wF "$daemon" "$dir/said"'
ok 'but is not repaired then: the pid is said' 'fsck --repair && same 3 "$status" && grep -wF "$daemon" "$dir/said" && [ -e "$mnt/health" ]'
ok 'and is sound after' 'mount_stop && fsck && same 0 "$status" && same 1 "$(wc -l <"$dir/said")"'
ok 'it lacks nothing to be repaired' 'fsck --repair && same 0 "$status"'
ok 'looking changes nothing' '
	cp -a "$src" "$base" && (cd "$src" && find . -type f ! -name lock -exec sha256sum {} +) | sort >was && fsck && fsck --json &&
	(cd "$src" && find . -type f ! -name lock -exec sha256sum {} +) | sort >is && diff was is && rows "$dir/before"'
ok 'as JSON' 'fsck --json && json_is "$dir/said" ".problems == 0 and .remains == 0 and .holder == null and .tasks == 6 and .findings == []"'

# Bytes
ok 'lost: what was dropped' 'fresh && rm "$(blob one.pdf)" && finds 1 lost "'\''one.pdf'\'' (input) of task '\''one@default'\''" && same 1 "$status"'
ok 'cannot be made again, and stays told' 'fsck --repair && same 1 "$status" && grep "^lost: .*one.pdf" "$dir/said" && changed nothing'
ok 'as JSON, with its hash' 'fsck --json && json_is "$dir/said" ".problems == 1 and .findings[0].fault == \"lost\" and .findings[0].sha256 == \"$(sha_of one.pdf)\""'
ok 'until somebody drops the same bytes again' 'mount_start && must_fail EIO cat "$tasks/one/input/one.pdf" || must_fail ENOENT cat "$tasks/one/input/one.pdf"; cp one.pdf "$inbox/again.pdf" && wait_task again && cmp one.pdf "$tasks/one/input/one.pdf" && mount_stop && fsck && same 0 "$status"'
ok 'lost: what an engine made goes back into the queue' '
	fresh && rm "$(blob_of "$(result one)")" && finds 1 lost "result.json" && repairs lost && same todo "$(task one status)" && changed "\"name\":\"one\"\|\"result.json\""'
ok 'and is made again' 'mount_start && wait_task one completed && json_is "$tasks/one/result.json" ".confidence >= 80" && mount_stop && fsck && same 0 "$status"'
ok 'but what a person reviewed is left to people' 'fresh && rm "$(blob_of "$(result judged)")" && finds 1 lost && fsck --repair && same 1 "$status" && same completed "$(task judged status)"'
ok 'corrupt: a byte that changed' '
	fresh && chmod u+w "$(blob two.pdf)" && printf x | dd of="$(blob two.pdf)" bs=1 seek=100 conv=notrunc 2>/dev/null && finds 1 corrupt "'\''two.pdf'\'' (input)"'
ok 'it is moved aside' 'fsck --repair && same 1 "$status" && grep "^lost: .*two.pdf" "$dir/said" && [ ! -e "$(blob two.pdf)" ] && [ -s "$src/damaged/$(sha_of two.pdf)" ] && changed nothing'
ok 'and comes back from a backup' 'cp -p "$base/blobs/$(sha_of two.pdf | cut -c 1-2)/$(sha_of two.pdf | cut -c 3-)" "$(blob two.pdf)" && fsck && same 0 "$status"'
ok 'corrupt: bytes that are cut off' '
	fresh && file=$(blob_of "$(result two)") && chmod u+w "$file" && truncate -s 10 "$file" && finds 1 corrupt result.json && fsck --repair && same 0 "$status" && fsck && same 0 "$status" &&
	mount_start && wait_task two completed && mount_stop && fsck && same 0 "$status"'
ok 'size: a row that says another one' 'fresh && sql "UPDATE document SET size = 7 WHERE name = '\''one.pdf'\''" && finds 1 size one.pdf && repairs size && rows "$dir/after" && diff -r "$dir/before/rows" "$dir/after/rows"'
ok 'orphan: bytes that nothing needs' 'fresh && file=$(blob_of "$(echo orphan | tee "$dir/orphan" | sha256sum | cut -d " " -f 1)") && cp "$dir/orphan" "$file" && finds 4 orphan && repairs orphan && [ ! -e "$file" ] && rows "$dir/after" && diff -r "$dir/before/rows" "$dir/after/rows"'
ok 'stranger: a file that is no document stays' 'fresh && echo mine >"$src/blobs/ab/notes.txt" && finds 4 stranger notes.txt && fsck --repair && same 4 "$status" && same mine "$(cat "$src/blobs/ab/notes.txt")"'
ok 'staging: what is left behind' 'fresh && echo half >"$src/staging/stray" && finds 4 staging stray && [ -e "$src/staging/stray" ] && repairs staging && [ ! -e "$src/staging/stray" ]'

# Rows
ok 'no-task: documents whose task is gone' '
	fresh && row=$(task one row_id) && id=$(task one id) && sql "DELETE FROM task WHERE name = '\''one'\''" && fsck && same 1 "$status" && grep "^no-task: .*one.pdf" "$dir/said" &&
	fsck --repair && same 0 "$status" && fsck && same 0 "$status"'
ok 'get it again, failed, with its row and id' 'same "$row" "$(task one row_id)" && same "$id" "$(task one id)" && same failed "$(task one status)"'
ok 'nothing of it is lost, and retry works on it' '
	mount_start && cmp one.pdf "$tasks/one/input/one.pdf" && grep -F "0711ctl fsck" "$tasks/one/error" && same ../../engagements/default/tasks/one "$(readlink "$mnt/tasks/failed/one")" &&
	put retry "$tasks/one/ctl" && wait_task one completed && mount_stop && fsck && same 0 "$status"'
ok 'no-task-of-entry: a file that never became a task' '
	fresh && sql "UPDATE dropped SET task_row = 0, ended_at = NULL WHERE name = '\''one.pdf'\''" && finds 1 no-task-of-entry one.pdf && repairs no-task-of-entry && mount_start &&
	cmp one.pdf "$tasks/one-2/input/one.pdf" && cmp one.pdf "$tasks/one/input/one.pdf" && mount_stop'
ok 'no-engagement: tasks whose engagement is gone' '
	fresh && sql "DELETE FROM engagement; INSERT INTO engagement (row_id, id, name, status) VALUES (999999, '\''x'\'', '\''default'\'', '\''active'\'')" && fsck && same 1 "$status" && grep "^no-engagement: " "$dir/said" &&
	fsck --repair && same 0 "$status" && fsck && same 0 "$status" && mount_start && cmp one.pdf "$mnt"/engagements/recovered-*/tasks/one/input/one.pdf && mount_stop'
ok 'engagement-id: a task that says another' 'fresh && sql "UPDATE task SET engagement_id = '\''y'\'' WHERE name = '\''one'\''" && finds 1 engagement-id && repairs engagement-id && changed "\"name\":\"one\""'
ok 'duplicate-id' '
	fresh && sql "DROP INDEX task_id; UPDATE task SET id = (SELECT id FROM task WHERE name = '\''one'\'') WHERE name = '\''two'\''" && finds 1 duplicate-id && repairs duplicate-id &&
	[ "$(task one id)" != "$(task two id)" ]'
ok 'no-folder: a document of a folder that is gone' '
	fresh && sql "UPDATE document SET parent_row = 424242 WHERE name = '\''b.pdf'\''" && finds 1 no-folder b.pdf && repairs no-folder && mount_start && cmp offer/part/b.pdf "$tasks/offer/input/b.pdf" && mount_stop'
ok 'no-result: work that is done without one' '
	fresh && sql "DELETE FROM document WHERE role = '\''result'\'' AND task_row = $(task one row_id)" && fsck && same 1 "$status" && grep "^no-result: task .one@default" "$dir/said" && fsck --repair && same 0 "$status" &&
	same todo "$(task one status)" && mount_start && wait_task one completed && mount_stop && fsck && same 0 "$status"'
ok 'entry: one that is shown although the work is over' 'fresh && sql "UPDATE dropped SET ended_at = NULL WHERE name = '\''one.pdf'\''" && finds 1 entry one.pdf && repairs entry && changed one.pdf'
ok 'trash: an open task in it comes back' 'fresh && sql "UPDATE task SET trashed_at = 1 WHERE name = '\''waits'\''" && finds 1 trash waits && repairs trash && mount_start && same needs_review "$(cat "$tasks/waits/status")" && mount_stop'
ok 'no-task-of-log' 'fresh && sql "INSERT INTO log_line VALUES (888888, 777777, 1, '\''x'\'')" && finds 4 no-task-of-log && repairs no-task-of-log'
# hook COLUMNS VALUES - an endpoint, made by hand; more of its columns
hook()
{
	sql "INSERT INTO endpoint (row_id, id, name, enabled, ordered, format, state${1:+, $1}) VALUES (888001, 'e', 'shop', 1, 1, 'standard', 'active'${2:+, $2})"
}
ok 'delivery: of an endpoint or an event that is gone' '
	fresh && event=$(sql "SELECT MIN(row_id) FROM event") && hook "events, from_row" "'\''*'\'', 0" &&
	sql "INSERT INTO delivery (row_id, endpoint_row, event_row, task_row, event_id, type, state, attempts) VALUES (888002, 888001, $event, 0, '\''x'\'', '\''t'\'', '\''dead'\'', 0), (888003, 888001, 777777, 0, '\''y'\'', '\''t'\'', '\''pending'\'', 0), (888004, 777777, $event, 0, '\''x'\'', '\''t'\'', '\''dead'\'', 0)" &&
	fsck && same 4 "$status" && grep "^delivery: delivery 888003: the event .y" "$dir/said" && grep "^delivery: delivery 888004: the endpoint" "$dir/said" && ! grep 888002 "$dir/said" &&
	fsck --repair && same 0 "$status" && fsck && same 0 "$status" && same 888002 "$(sql "SELECT row_id FROM delivery")"'
ok 'endpoint: settings that cannot be read' '
	fresh && hook "events, url, from_row" "'\''*'\'', '\''gopher://a.example/'\'', 0" && finds 1 endpoint gopher && repairs endpoint && same "disabled gopher://a.example/" "$(sql "SELECT state || '\'' '\'' || url FROM endpoint")" &&
	fresh && hook "events, from_row" "'\''tusk.*'\'', 0" && finds 1 endpoint "tusk." && repairs endpoint'
ok 'endpoint: one that waits for what never was' 'fresh && hook "events, from_row" "'\''*'\'', 1 << 40" && finds 1 endpoint "beyond the log" && repairs endpoint && same "$(sql "SELECT MAX(row_id) FROM event")" "$(sql "SELECT from_row FROM endpoint")"'
# model RUNNER COLUMNS VALUES - a model, made by hand
model()
{
	sql "INSERT INTO model (row_id, id, name, runner, pinned, max_wait_s, start_s, parallel, queue, stop_s, warm$2) VALUES (888010, 'm', 'parser', '$1', 0, 120, 600, 8, 64, 10, 0$3)"
}
ok 'model: a spec that cannot be used' '
	fresh && model server ", command" ", '\''[\"serve\"]'\''" && finds 1 model "{port}" && repairs model && same "none [\"serve\"]" "$(sql "SELECT runner || '\'' '\'' || command FROM model")" &&
	fresh && model remote ", url" ", '\''http://a.example/v1'\''" && finds 1 model "not encrypted" && repairs model &&
	fresh && model none ", command" ", '\''{}'\''" && fsck && same 0 "$status"'
ok 'no-model: memory and history of one that is gone' '
	fresh && model none && sql "INSERT INTO model_memory (row_id, model_row, host) VALUES (888011, 888010, '\''h'\''), (888012, 777777, '\''h'\'')" &&
	sql "INSERT INTO model_step (row_id, model_row, host, state, created_at) VALUES (888013, 888010, '\''h'\'', '\''failed'\'', 1), (888014, 777777, '\''h'\'', '\''loading'\'', 1), (888015, 777777, '\''h'\'', '\''failed'\'', 1)" &&
	fsck && same 4 "$status" && grep "^no-model: memory of model 777777" "$dir/said" && same 1 "$(grep -c "^no-model: history of model 777777" "$dir/said")" && ! grep "model 888010" "$dir/said" &&
	fsck --repair && same 0 "$status" && fsck && same 0 "$status" && same "888011 888013" "$(echo $(sql "SELECT row_id FROM model_memory UNION SELECT row_id FROM model_step ORDER BY 1"))"'
ok 'bookmark: beyond the log' '
	fresh && sql "INSERT INTO bookmark VALUES (888005, '\''webhooks'\'', 1 << 40)" && finds 1 bookmark webhooks && repairs bookmark && same 0 "$(sql "SELECT value FROM bookmark")"'
ok 'no-folder-of-entry: a dropped file that is in no task' '
	fresh && sample "$dir/alone.pdf" alone && cp "$dir/alone.pdf" "$(blob alone.pdf)" &&
	sql "INSERT INTO dropped (row_id, inbox, parent_row, engagement_row, name, is_dir, task_row, sha256, size, uid) VALUES (888888, 0, 777777, 0, '\''alone.pdf'\'', 0, 0, '\''$(sha_of alone.pdf)'\'', $(stat -c %s alone.pdf), 0)" &&
	finds 1 no-folder-of-entry alone.pdf && fsck --repair && same 0 "$status" && mount_start && cmp alone.pdf "$tasks/alone/input/alone.pdf" && mount_stop'
ok 'lease: of a process that was killed' '
	fresh && mount_start && sample "$dir/warm.pdf" warm && cp warm.pdf "$inbox/" && wait_task warm && engines_stop && sample "$dir/held.pdf" held && cp held.pdf "$inbox/" &&
	eventually "[ \"\$(cat $tasks/held/status)\" = in_progress ]" && mount_kill && fusermount3 -uz "$mnt" && fsck && same 4 "$status" && grep "^lease: .*held" "$dir/said" &&
	fsck --repair && same 0 "$status" && same todo "$(task held status)" && mount_start && wait_task held completed && mount_stop && fsck && same 0 "$status"'

# The database itself
ok 'index: made anew' '
	fresh && printf ".imposter task_engagement made_up\nDELETE FROM made_up;\n" | sqlite3 -unsafe-testing "$src/platform.db" >/dev/null 2>&1 || printf ".imposter task_engagement made_up\nDELETE FROM made_up;\n" | sqlite3 "$src/platform.db" >/dev/null;
	fsck && same 1 "$status" && grep "^index: " "$dir/said" && fsck --repair && same 0 "$status" && rows "$dir/after" && diff -r "$dir/before/rows" "$dir/after/rows"'
ok 'database: a page of rubbish is told, and nothing is touched' '
	fresh && dd if=/dev/urandom of="$src/platform.db" bs=4096 seek=$(($(stat -c %s "$src/platform.db") / 8192)) count=6 conv=notrunc 2>/dev/null && was=$(sha_of "$src/platform.db") && fsck && same 1 "$status" && grep "^database: " "$dir/said" &&
	! grep "^orphan: " "$dir/said" && fsck --repair && same 1 "$status" && same "$was" "$(sha_of "$src/platform.db")"'
ok 'database: one that is none' 'fresh && echo "no database" >"$src/platform.db" && rm -f "$src"/platform.db-* && fsck && same 1 "$status" && grep "^database: " "$dir/said"'
ok 'a source without a platform: 3' 'mkdir "$dir/empty" && ! "$build/0711ctl" fsck "$dir/empty" 2>said && grep -F "platform.db" said && same "" "$(ls "$dir/empty")"'
ok 'wrong words: 2' '"$build/0711ctl" fsck --mend "$src" 2>said; same 2 $? && grep -F -- --mend said; "$build/0711ctl" fsck 2>said; same 2 $?; "$build/0711ctl" mend "$src" 2>said; same 2 $?'
done_testing
