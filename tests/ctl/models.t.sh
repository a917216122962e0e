#!/bin/bash
# Models, what a host learned of them and their history: in an archive and back, and under the key file.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq sqlite3

ctl()
{
	"$build/0711ctl" "$@"
}

# ends STATUS COMMAND... - true when the command ends so
ends()
{
	local wanted=$1

	shift
	"$@"
	same "$wanted" $?
}

# sql STATEMENTS - in the database, while nothing is mounted
sql()
{
	sqlite3 "$src/platform.db" "$1"
}

# rows SOURCE DIR - what a dump has
rows()
{
	rm -rf "$2" && mkdir "$2" && ctl dump "$1" "$2.tar" && tar -xf "$2.tar" -C "$2"
}

# older DIR - DIR.tar as a program would have written it that knew no models
older()
{
	jq '.schema = 5' "$1/0711.json" >"$dir/new" && mv "$dir/new" "$1/0711.json" &&
		jq 'del(.rows.model, .rows.model_memory, .rows.model_step)' "$1/end.json" >"$dir/new" && mv "$dir/new" "$1/end.json" &&
		tar -tf "$1.tar" | grep -v '^rows/model' >"$dir/members" && tar -C "$1" --no-recursion -cf "$1.tar" -T "$dir/members"
}

mount_start && mount_stop || exit
ok 'a store from before models opens' '
	sql "DROP TABLE model; DROP TABLE model_memory; DROP TABLE model_step; ALTER TABLE task DROP COLUMN model_seconds_used; DELETE FROM schema_version WHERE version >= 6" &&
	mount_start && mount_stop && same 0 "$(sql "SELECT COUNT(*) FROM model")" && ends 0 ctl fsck "$src"'
sql "INSERT INTO model (row_id, id, name, runner, pinned, max_wait_s, start_s, parallel, queue, stop_s, warm, created_at, memory_bytes, command, env)
	VALUES (888001, 'm-1', 'parser', 'server', 1, 120, 600, 8, 64, 10, 0, 1700000000000, 4000000000, '[\"serve\",\"{port}\"]', '{\"A\":\"b\"}');
	INSERT INTO model_memory (row_id, model_row, host, measured_bytes, loads, failures, requests, tokens, load_ms, last_used_at, loaded_at, load_times)
	VALUES (888002, 888001, 'here', 3900000000, 2, 1, 40, 5000, 1500, 1700000000000, 1690000000000, '[1500,1600]');
	INSERT INTO model_step (row_id, model_row, host, state, bytes, created_at, device, reason, wanted)
	VALUES (888003, 888001, 'here', 'unloaded', 3900000000, 1700000000000, 'gpu0', 'needed by ''big''', 'task ''bid''');
	UPDATE sequence SET next = 900000"
ok 'a dump has them, and a copy too' '
	rows "$src" "$dir/a" && json_is a/rows/model.jsonl ".name == \"parser\" and .memory_bytes == 4000000000 and .keep_alive_s == null and .pinned" &&
	json_is a/rows/model_memory.jsonl ".measured_bytes == 3900000000 and .load_times == \"[1500,1600]\"" && json_is a/rows/model_step.jsonl ".state == \"unloaded\" and .wanted == \"task '\''bid'\''\"" &&
	ends 0 ctl load "$dir/copy" a.tar && rows "$dir/copy" "$dir/b" && diff -r a/rows b/rows && ends 0 ctl fsck "$dir/copy"'
ok 'an archive from before models is loaded' '
	older "$dir/b" && ! tar -tf b.tar | grep model && ends 0 ctl load "$dir/old" b.tar && ends 0 ctl fsck "$dir/old" && same 0 "$(sqlite3 "$dir/old/platform.db" "SELECT COUNT(*) FROM model")"'
ok 'a key is in no dump as it was written' '
	mount_start && put sk-hush-hush "$mnt/models/parser/key" && mount_stop && rows "$src" "$dir/c" && json_is c/rows/model.jsonl ".key != null" && ! grep -raF -e hush -e "$(cat "$src/key")" c c.tar &&
	ctl doctor --json "$src" >said; json_is said "any(.checks[]; .check == \"key\" and .verdict == \"ok\" and (.text | test(\"of 1 endpoints and models\")))"'
ok 'without it nothing is sealed' '
	sql "UPDATE model SET key = NULL" && ctl doctor --json "$src" >said; json_is said "any(.checks[]; .check == \"key\" and .verdict == \"ok\" and (.text | test(\"no secret\")))"'
ok 'doctor: a key that was sealed under another key file' '
	sql "UPDATE model SET key = '\''AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'\''" && ctl doctor --json "$src" >said
	json_is said "any(.checks[]; .check == \"key\" and .verdict == \"less\" and (.text | test(\"does not open .* 1 of 1\")) and (.fix | test(\"models/\")))"'
done_testing
