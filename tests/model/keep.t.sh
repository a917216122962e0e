#!/bin/bash
# Models through a mount, without a GPU: who is loaded, who goes for whom, what is refused, what happens to servers.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
clear_of_midnight 200
need jq
server=$build/tests/model/server
models=$mnt/models
ram=$models/devices/ram0
unit=10000000

# spec NAME UNITS [JSON [SERVER_OPTION...]] - a model with a server of that size; JSON is added to its spec
spec()
{
	local name=$1 units=$2 more=${3:-"{}"} option options='[]'

	shift $(($# < 3 ? $# : 3))
	for option; do
		options=$(jq -c --arg o "$option" '. + [$o]' <<<"$options")
	done
	[ -d "$models/$name" ] || mkdir "$models/$name" || return
	jq -n --arg server "$server" --argjson bytes $((units * unit)) --argjson options "$options" --argjson more "$more" '
		{ runner: "server", memory_bytes: ([$bytes, 1] | max),
		  command: ([$server, "--socket", "{socket}", "--bytes", ($bytes | tostring)] + $options) } + $more' \
		>"$dir/spec.json" && cp "$dir/spec.json" "$models/$name/spec.json"
}

# state NAME - its state; why NAME - the reason of it
state()
{
	cat "$models/$1/state"
}

why()
{
	cat "$models/$1/reason"
}

# in_state NAME STATE - within some seconds
in_state()
{
	eventually "[ \"\$(state $1)\" = $2 ]" || { echo "# $1 is $(state "$1"): $(why "$1")" && return 1; }
}

# order NAME VERB - write it into ctl
order()
{
	put "$2" "$models/$1/ctl"
}

# history_of NAME FILTER - its steps, as a list
history_of()
{
	jq -s -c "$2" "$models/$1/history.jsonl"
}

# servers - the processes of test servers below the daemon
servers()
{
	pgrep -f "^$server " || true
}

ok 'a mount without models has a device in main memory' '
	mount_start && same ram0 "$(ls "$models/devices")" && same 0 "$(cat "$ram/memory_used")" &&
	[ "$(cat "$ram/memory_total")" -gt $unit ]'

ok 'a model without a spec says what it lacks' '
	mkdir "$models/none" && same unloaded "$(state none)" && must_fail EOPNOTSUPP put load "$models/none/ctl" &&
	why none | grep -F runner && rmdir "$models/none"'

ok 'its server is started, and what it takes is measured' '
	spec probe 0 && order probe load && in_state probe resident && same ram0 "$(cat "$models/probe/device")" &&
	probe=$(jq .held "$models/probe/memory") && [ "$probe" -gt 0 ] && same 1 "$(servers | wc -l)" &&
	order probe unload && in_state probe unloaded && same "" "$(servers)" && rmdir "$models/probe"'

# Twenty units, and what four servers take beside their models.
ok 'the budget of main memory can be set' '
	put $((20 * unit + 4 * probe)) "$ram/memory_total" && same $((20 * unit + 4 * probe)) "$(cat "$ram/memory_total")" &&
	must_fail EINVAL put much "$ram/memory_total"'

ok 'three models are resident together' '
	spec bid-generator 7 && spec tender-parser 4 && spec requirement-extractor 3 &&
	order bid-generator load && in_state bid-generator resident && sleep 2 &&
	order tender-parser load && order requirement-extractor load &&
	in_state tender-parser resident && in_state requirement-extractor resident &&
	same "bid-generator requirement-extractor tender-parser" "$(ls "$ram/resident" | xargs)" &&
	same "$models/tender-parser" "$(realpath "$ram/resident/tender-parser")"'

ok 'what was measured stands beside what was said' '
	json_is "$models/tender-parser/memory" ".estimated == 4 * $unit and .measured > .estimated and .held == .measured"'

ok 'one of 12 units: who was used longest ago goes, and nobody else' '
	spec big 12 && order big load && in_state big resident && in_state bid-generator unloaded &&
	same resident "$(state tender-parser)" && same resident "$(state requirement-extractor)" &&
	why bid-generator | grep -F "room for '\''big'\''"'

ok 'history and events say for whom it went' '
	eventually "history_of bid-generator \"map(select(.state == \\\"unloaded\\\")) | last | .wanted\" | grep -F big" &&
	eventually "grep -F model.loaded $mnt/events | tail -n 1 | grep -F big" && grep -F model.evicted "$mnt/events" | tail -n 1 |
		jq -e ".data.model_name == \"bid-generator\" and .data.wanted_by == \"big\"" &&
	jq -s -e "map(select(.type == \"model.loaded\") | .data.model_name) | . == [\"probe\", \"bid-generator\", \"tender-parser\", \"requirement-extractor\", \"big\"] or
		. == [\"probe\", \"bid-generator\", \"requirement-extractor\", \"tender-parser\", \"big\"]" "$mnt/events"'

ok 'one that is larger than the device is refused with numbers' '
	spec huge 50 && must_fail ENOMEM put load "$models/huge/ctl" && why huge | grep -E "needs [0-9.]+ [GM]B" &&
	same unloaded "$(state huge)" && same resident "$(state big)"'

ok 'what is pinned is not evicted' '
	order big pin && in_state big resident && json_is "$models/big/spec.json" ".pinned == true" &&
	must_fail EBUSY put unload "$models/big/ctl" &&
	spec other 12 && must_fail ENOMEM put load "$models/other/ctl" && why other | grep -F pinned && order big unpin'

ok 'one that may use no device that is here' '
	spec elsewhere 1 "{\"devices\": [\"gpu7\"]}" && must_fail ENODEV put load "$models/elsewhere/ctl"'

ok 'status is a table of all' '
	grep -E "^big +resident +ram0" "$models/status" && grep -E "^bid-generator +unloaded" "$models/status"'

ok 'a server that dies is failed with its last words, and is loaded again' '
	pkill -9 -f "^$server .*--bytes $((4 * unit))" && in_state tender-parser failed &&
	why tender-parser | grep -F killed && eventually "grep -F model.failed $mnt/events | grep -F tender-parser" &&
	order tender-parser load && in_state tender-parser resident'

ok 'a server that is never healthy' '
	spec sick 1 "{\"start_s\": 1}" --never-healthy && { put load "$models/sick/ctl" || true; } && in_state sick failed &&
	why sick | grep -F "not healthy" && rmdir "$models/sick"'

ok 'a verb does not wait for a load that takes long, and the load can be cut short' '
	spec slow 1 "{}" --never-healthy && timeout 20 "$build/tests/op" put "$models/slow/ctl" "load
" && same loading "$(state slow)" && order slow unload && in_state slow unloaded && rmdir "$models/slow"'

ok 'a server that ends at once' '
	spec dead 1 "{}" --exit-after-ms 1 --never-healthy && must_fail ECONNRESET put load "$models/dead/ctl" &&
	same failed "$(state dead)" && rmdir "$models/dead"'

ok 'a program that is not there' '
	mkdir "$models/absent" && echo "{\"runner\": \"server\", \"memory_bytes\": 1, \"command\": [\"/nowhere/server\", \"{port}\"]}" >"$models/absent/spec.json" &&
	must_fail ECHILD put load "$models/absent/ctl" && why absent | grep -F /nowhere/server && rmdir "$models/absent"'

ok 'one that takes more than it said, and than there is' '
	order big unload && in_state big unloaded && spec liar 2 "{}" --bytes $((30 * unit)) &&
	{ put load "$models/liar/ctl" || true; } && in_state liar failed && why liar | grep -F "more than there is" &&
	eventually "! pgrep -f -- \"--bytes $((30 * unit))\"" && must_fail ENOMEM put load "$models/liar/ctl" && rmdir "$models/liar"'

ok 'a server killed while it is loaded' '
	spec slow 1 "{}" --start-ms 60000 && put load "$models/slow/ctl" && in_state slow loading &&
	eventually "pkill -9 -f -- \"--start-ms 60000\"" && in_state slow failed && why slow | grep -F killed && rmdir "$models/slow"'

ok 'a load that is called off' '
	spec slow 1 "{}" --start-ms 60000 && put load "$models/slow/ctl" && in_state slow loading && order slow unload &&
	in_state slow unloaded && eventually "! pgrep -f -- \"--start-ms 60000\"" && rmdir "$models/slow"'

ok 'a server killed while it is unloaded' '
	spec stubborn 1 "{\"stop_s\": 60}" --ignore-term && order stubborn load && in_state stubborn resident &&
	order stubborn unload && in_state stubborn unloading && pkill -9 -f -- "--ignore-term" && in_state stubborn unloaded &&
	rmdir "$models/stubborn"'

ok 'one that grows over what there is goes' '
	spec grower 2 "{}" --more $((25 * unit)) && order grower load && in_state grower unloaded &&
	why grower | grep -F "grew" && rmdir "$models/grower"'

ok 'one that ignores SIGTERM is killed, and what it started too' '
	spec stubborn 1 "{\"stop_s\": 0}" --ignore-term --fork && order stubborn load && in_state stubborn resident &&
	order stubborn unload && in_state stubborn unloaded && eventually "! pgrep -f -- \"--ignore-term\"" && rmdir "$models/stubborn"'

ok 'one that sleeps and wakes' '
	spec sleeper 3 "{\"sleep\": \"/sleep\", \"wake\": \"/wake_up\"}" --sleep-endpoints && order sleeper load &&
	in_state sleeper resident && held=$(jq .held "$models/sleeper/memory") && order sleeper sleep && in_state sleeper asleep &&
	[ "$(jq .held "$models/sleeper/memory")" -lt "$held" ] && order sleeper wake && in_state sleeper resident &&
	order sleeper sleep && in_state sleeper asleep && pkill -9 -f -- "--sleep-endpoints" && in_state sleeper failed &&
	order sleeper load && in_state sleeper resident && order sleeper unload && in_state sleeper unloaded &&
	rmdir "$models/sleeper"'

ok 'one that cannot fall asleep stays as it was' '
	spec sleepless 3 "{\"sleep\": \"/nowhere\", \"wake\": \"/nowhere\"}" && order sleepless load && in_state sleepless resident &&
	must_fail EIO put sleep "$models/sleepless/ctl" && same resident "$(state sleepless)" && why sleepless | grep -F /nowhere &&
	order sleepless unload && in_state sleepless unloaded && rmdir "$models/sleepless"'

ok 'a pin wakes one that sleeps, and keeps it awake and here' '
	spec sleeper 3 "{\"sleep\": \"/sleep\", \"wake\": \"/wake_up\"}" --sleep-endpoints && order sleeper load &&
	in_state sleeper resident && order sleeper sleep && in_state sleeper asleep && order sleeper pin &&
	in_state sleeper resident && must_fail EBUSY put sleep "$models/sleeper/ctl" && why sleeper | grep -F pinned &&
	must_fail EBUSY put unload "$models/sleeper/ctl" && order sleeper unpin && eventually "[ -z \"\$(why sleeper)\" ]" &&
	order sleeper unload && in_state sleeper unloaded && rmdir "$models/sleeper"'

ok 'what wakes counts as it will be' '
	spec sleeper 12 "{\"sleep\": \"/sleep\", \"wake\": \"/wake_up\"}" --sleep-endpoints --wake-ms 3000 && order sleeper load &&
	in_state sleeper resident && order sleeper sleep && in_state sleeper asleep && order sleeper wake &&
	spec other 12 && { put load "$models/other/ctl" || true; } && in_state sleeper resident &&
	[ "$(cat "$ram/memory_used")" -le "$(cat "$ram/memory_total")" ] &&
	for name in sleeper other; do order $name unload || true; in_state $name unloaded || break; done &&
	rmdir "$models/sleeper"'

ok 'a spec that is mended while it is loaded counts at once, and so does its size' '
	spec slow 12 "{}" --start-ms 60000 && put load "$models/slow/ctl" && in_state slow loading &&
	spec slow 1 && in_state slow resident && json_is "$models/slow/memory" ".measured < 5 * $unit" &&
	order slow unload && in_state slow unloaded && rmdir "$models/slow"'

ok 'a server that becomes a remote' '
	spec moved 1 && order moved load && in_state moved resident &&
	echo "{\"runner\": \"remote\", \"url\": \"http://127.0.0.1:9/v1\"}" >"$models/moved/spec.json" &&
	in_state moved remote && rmdir "$models/moved"'

ok 'a server that knows its name is started anew when that changes' '
	spec former 1 "{}" --name "{name}" && order former load && in_state former resident &&
	mv "$models/former" "$models/latter" && in_state latter unloaded && order latter load && in_state latter resident &&
	pgrep -f -- "--name latter" && order latter unload && in_state latter unloaded && rmdir "$models/latter"'

ok 'a budget that is made smaller: who is missed least goes' '
	was=$(cat "$ram/memory_total") && spec first 6 && spec second 6 && order first load && in_state first resident &&
	order second load && in_state second resident && put $((10 * unit)) "$ram/memory_total" &&
	eventually "[ \"\$(cat $ram/memory_used)\" -le $((10 * unit)) ]" && put "$was" "$ram/memory_total" &&
	for name in first second; do order $name unload && in_state $name unloaded && rmdir "$models/$name" || break; done && [ $name = second ]'

ok 'what is pinned and has no room is loaded when there is some' '
	was=$(cat "$ram/memory_total") && put $unit "$ram/memory_total" && spec late 3 && order late pin &&
	eventually "why late | grep -F needs" && put "$was" "$ram/memory_total" && in_state late resident &&
	order late unpin && order late unload && in_state late unloaded && rmdir "$models/late"'

ok 'one that nobody uses goes after its keep_alive_s' '
	spec brief 1 "{\"keep_alive_s\": 1}" && order brief load && in_state brief unloaded && why brief | grep -F keep_alive_s &&
	rmdir "$models/brief"'

ok 'another spec makes it anew' '
	was=$(servers | sort) && spec tender-parser 4 "{}" --name other && in_state tender-parser unloaded &&
	order tender-parser load && in_state tender-parser resident && pgrep -f -- "--name other"'

ok 'a model that is removed takes its server along' '
	rmdir "$models/requirement-extractor" && eventually "! pgrep -f -- \"--bytes $((3 * unit))\""'

ok 'reading starts nothing' '
	before=$(servers | sort) && grep -r . "$models" >/dev/null; ls -lR "$models" >/dev/null && same "$before" "$(servers | sort)"'

ok 'health tells of models' 'json_is "$mnt/health" ".models.resident >= 1"'

ok 'when the daemon is killed no server is left' '
	mount_kill && eventually "[ -z \"\$(servers)\" ]"'

ok 'what was learned is known after a restart' '
	mount_start && same unloaded "$(state tender-parser)" && json_is "$models/bid-generator/memory" ".measured > 7 * $unit" &&
	same 1 "$(cat "$models/bid-generator/loads")"'

ok 'what is pinned is loaded by itself' '
	order tender-parser pin && in_state tender-parser resident'

ok 'unmounting ends all servers' 'mount_stop && same "" "$(servers)"'
done_testing
