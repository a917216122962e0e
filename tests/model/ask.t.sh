#!/bin/bash
# An engine that asks models of its host: they are loaded for its tasks, counted, and done without when they fail.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
clear_of_midnight 200
need jq
server=$build/tests/model/server
models=$mnt/models
inbox=$mnt/tasks/inbox

# spec NAME JSON [SERVER_OPTION...] - a model with a test server; JSON is added to its spec
spec()
{
	local name=$1 more=$2 options

	shift 2
	options=$(printf '%s\n' "$@" | jq -R . | jq -s -c 'map(select(. != ""))')
	[ -d "$models/$name" ] || mkdir "$models/$name" || return
	jq -n --arg server "$server" --arg name "$name" --argjson options "$options" --argjson more "$more" '
		{ runner: "server", memory_bytes: 20000000,
		  command: ([$server, "--socket", "{socket}", "--name", $name, "--bytes", "10000000"] + $options) } + $more' \
		>"$dir/spec.json" && cp "$dir/spec.json" "$models/$name/spec.json"
}

# drop NAME - a sample of its own; ends NAME - its task has ended well
drop()
{
	sample "$inbox/$1.pdf" "$1"
}

ends()
{
	wait_task "$1" completed
}

result()
{
	echo "$(task_dir "$1")/result.json"
}

mount_start || exit

ok 'without models the rules work alone' '
	drop alone && ends alone && json_is "$(result alone)" ".engine.model == null" &&
	json_is "$(task_dir alone)/task.json" ".tokens_used == 0 and .model_seconds_used == 0" && same "" "$(pgrep -f "^$server" || true)"'

ok 'models are loaded when a task asks for them, and say for which' '
	for name in tender-parser requirement-extractor bid-generator; do spec $name "{}" || break; done &&
	drop asked && ends asked && same resident "$(cat "$models/requirement-extractor/state")" &&
	jq -s -e "map(select(.state == \"loading\")) | last | .reason | contains(\"asked\")" "$models/requirement-extractor/history.jsonl"'

ok 'what they answer is counted, and rubbish changes nothing' '
	json_is "$(result asked)" ".engine.model[\"requirement-extractor\"].asked > 0" &&
	json_is "$(task_dir asked)/task.json" ".tokens_used > 0 and .model_seconds_used > 0" &&
	jq -S "del(.engine)" "$(result alone)" >"$dir/alone" && jq -S "del(.engine)" "$(result asked)" >"$dir/asked" &&
	diff <(jq "[.requirements[].text]" "$dir/alone") <(jq "[.requirements[].text]" "$dir/asked")'

ok 'the task is told what they took, and no socket is left of its call' '
	log=$(task_dir asked)/log && same "$(sed -n "s/.* requests, \([0-9]*\) tokens in .*/\1/p" "$log")" "$(jq .tokens_used "$(task_dir asked)/task.json")" &&
	same "" "$(find "$src/run/mcp" -type s)"'

ok 'figures of a model rise with its use' '
	eventually "[ \"\$(cat $models/requirement-extractor/in_use)\" = 0 ]" &&
	json_is "$mnt/health" ".models.resident >= 1" && [ -n "$(cat "$models/requirement-extractor/last_used")" ]'

ok 'a server that dies in the middle: the task ends by rules, the model is failed' '
	spec requirement-extractor "{}" --crash-on 1 && drop broken && ends broken &&
	json_is "$(result broken)" ".requirements | length > 0" &&
	eventually "[ \"\$(cat $models/requirement-extractor/state)\" = failed ]" &&
	grep -F "signal" "$models/requirement-extractor/reason" && ! grep -F "$src" "$(task_dir broken)/log"'

ok 'room for one at a time: every task ends, and they make room for one another' '
	for name in tender-parser requirement-extractor; do spec $name "{}" --start-ms 50 || break; done &&
	put 24000000 "$models/devices/ram0/memory_total" &&
	for i in 1 2 3 4; do drop crowd$i || break; done &&
	for i in 1 2 3 4; do ends crowd$i || break; done && [ $i = 4 ] &&
	eventually "grep -F model.evicted $mnt/events"'

ok 'a server that hangs is noticed when a request to it is given up' '
	rmdir "$models/tender-parser" && spec requirement-extractor "{}" --bytes 10000001 &&
	put load "$models/requirement-extractor/ctl" && eventually "[ \"\$(cat $models/requirement-extractor/state)\" = resident ]" &&
	pkill -STOP -f "^$server .*--bytes 10000001" && put 3 "$mnt/settings/task_timeout_s" && drop hung &&
	eventually "[ \"\$(cat $models/requirement-extractor/state)\" = failed ]" 40 &&
	grep -F "not answered" "$models/requirement-extractor/reason" && eventually "! pgrep -f \"^$server .*--bytes 10000001\"" &&
	put "" "$mnt/settings/task_timeout_s" && mkdir "$models/tender-parser"'

ok 'a remote model is asked with its key, which nobody can read' '
	"$server" --port 0 --key sesame --name far >"$dir/port" 2>"$dir/said" </dev/null & remote=$!
	eventually "[ -s $dir/port ]" && rmdir "$models/tender-parser" "$models/requirement-extractor" &&
	mkdir "$models/requirement-extractor" &&
	echo "{\"runner\": \"remote\", \"url\": \"http://127.0.0.1:$(grep -o "[0-9]*" "$dir/port" | tail -n 1)/v1\", \"served_as\": \"far\"}" \
		>"$models/requirement-extractor/spec.json" && put sesame "$models/requirement-extractor/key" &&
	same remote "$(cat "$models/requirement-extractor/state")" && drop far && ends far &&
	json_is "$(result far)" ".engine.model[\"requirement-extractor\"].asked > 0" &&
	json_is "$(task_dir far)/task.json" ".tokens_used > 0" && ! grep -r sesame "$models" "$mnt/events" 2>/dev/null'

ok 'a remote that refuses the key: the rules work alone' '
	put wrong "$models/requirement-extractor/key" && drop refused && ends refused &&
	json_is "$(task_dir refused)/task.json" ".tokens_used == 0"'

ok 'unmounting ends all' 'kill $remote; mount_stop && same "" "$(pgrep -f "^$server" || true)"'
done_testing
