#!/bin/bash
# Models and devices as files, while nobody asks for a model: what can be set is set, what is wrong is refused, and
# looking starts nothing.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq getfattr
mount_start || exit
models=$mnt/models
one=$models/tender-parser
server='"runner": "server", "command": ["llama-server", "--port", "{port}", "--model", "{path}"], "path": "/srv/tender.gguf"'

# fill FILE JSON - write the document over FILE
fill()
{
	echo "$2" >"$dir/new.json" && cp "$dir/new.json" "$1"
}

# refused ERRNO WORDS JSON - the spec is refused, the reason has the words, the old one stays
refused()
{
	cp "$one/spec.json" "$dir/before.json" && must_fail "$1" fill "$one/spec.json" "$3" &&
		grep -F -e "$1: " "$one/error" && grep -F -e "$2" "$one/error" &&
		getfattr --only-values -n user.0711.error "$one" | grep -F -e "$2" && cmp "$dir/before.json" "$one/spec.json"
}

# add_line TEXT - write it into what is open as 9
add_line()
{
	echo "$1" >&9
}

ok 'a mount has no models at first' '
	same "devices status" "$(echo $(ls "$models"))" && same 1 "$(sed "/^$/,\$d" "$models/status" | wc -l)" &&
	grep "^MODEL  *STATE" "$models/status"'
ok 'a model is a directory' '
	mkdir "$one" && same "ctl device error history.jsonl in_use key last_used load_seconds loads log memory reason spec.json state" \
		"$(echo $(ls "$one"))"'
ok 'its spec has defaults' '
	json_is "$one/spec.json" ".name == \"tender-parser\" and (.id | length) == 36 and .runner == \"none\" and .command == null and
		.health == \"/health\" and .memory_bytes == null and .pinned == false and .keep_alive_s == null and .max_wait_s == 120 and
		.start_s == 600 and .parallel == 8 and .queue == 64 and .stop_s == 10 and .warm == false and .capabilities == [] and
		has(\"key\") == false"'
ok 'it is set as a whole' '
	fill "$one/spec.json" "{$server, \"memory_bytes\": 4000000000, \"devices\": [\"gpu0\", \"ram0\"], \"warm\": false, \"keep_alive_s\": 300,
		\"max_wait_s\": 60, \"license\": \"apache-2.0\", \"capabilities\": [\"chat\", \"embeddings\"], \"env\": {\"THREADS\": \"4\"}}" &&
	json_is "$one/spec.json" ".runner == \"server\" and .command[0] == \"llama-server\" and .memory_bytes == 4000000000 and
		.devices == [\"gpu0\", \"ram0\"] and .keep_alive_s == 300 and .max_wait_s == 60 and .env.THREADS == \"4\"" &&
	same "" "$(cat "$one/error")"'
ok 'an editor replaces it' '
	sed -i "s/apache-2.0/mit/" "$one/spec.json" && json_is "$one/spec.json" ".license == \"mit\" and .memory_bytes == 4000000000" &&
	same "$(wc -c <"$one/spec.json")" "$(stat -c %s "$one/spec.json")"'
ok 'null empties a field' 'fill "$one/spec.json" "{\"keep_alive_s\": null, \"devices\": null}" && json_is "$one/spec.json" ".keep_alive_s == null and .devices == null"'
ok 'no JSON' 'refused EINVAL "line 2" "{\"runner\": "'
ok 'a field that there is not' 'refused EINVAL "gpu_layers" "{\"gpu_layers\": 12}"'
ok 'a runner that there is not' 'refused EINVAL "runner" "{\"runner\": \"magic\"}"'
ok 'a server without a command' 'refused EINVAL "command" "{\"command\": null}"'
ok 'a command that nobody can speak to' 'refused EINVAL "{port}" "{\"command\": [\"llama-server\", \"{path}\"]}"'
ok 'what is wanted is said: a list, an object, a number written as one' '
	refused EINVAL "a list or null" "{\"command\": \"llama-server\"}" && refused EINVAL "an object or null" "{\"env\": [\"A=b\"]}" &&
	refused EINVAL "without point or exponent" "{\"memory_bytes\": 4e9}" && refused ERANGE "from 1 to" "{\"memory_bytes\": 0}"'
ok 'a capability said twice' 'refused EINVAL "twice" "{\"capabilities\": [\"chat\", \"chat\"]}"'
ok 'a word in braces that there is not' 'refused EINVAL "{gpu}" "{\"command\": [\"llama-server\", \"{port}\", \"{gpu}\"]}"'
ok 'a remote without a url' 'refused EINVAL "url" "{\"runner\": \"remote\"}"'
ok 'sleep without wake' 'refused EINVAL "wake" "{\"sleep\": \"/sleep\"}"'
ok 'a path that is not absolute' 'refused EINVAL "path" "{\"path\": \"weights.gguf\"}"'
ok 'a capability that there is not' 'refused EINVAL "chat, embeddings and rerank" "{\"capabilities\": [\"paint\"]}"'
ok 'too long a wait' 'refused ERANGE "max_wait_s" "{\"max_wait_s\": 100000}"'
ok 'no default to empty' 'refused EINVAL "parallel" "{\"parallel\": null}"'
ok 'another name' 'refused EPERM "name" "{\"name\": \"other\"}"'
ok 'what is right is taken after that, and error is empty again' 'fill "$one/spec.json" "{\"stop_s\": 5}" && same "" "$(cat "$one/error")"'

# What is known of it
ok 'it is not loaded' 'same unloaded "$(cat "$one/state")" && same "" "$(cat "$one/device")"'
ok 'what it takes is what its spec says' 'json_is "$one/memory" ".estimated == 4000000000 and .held == 0"'
ok 'it was never loaded and never used' '
	same 0 "$(cat "$one/loads")" && same 0 "$(cat "$one/in_use")" && same "" "$(cat "$one/last_used")" && same "" "$(cat "$one/log")" &&
	same "" "$(cat "$one/history.jsonl")" && json_is "$one/load_seconds" ". == {\"last\": null, \"median\": null}"'
ok 'sizes are exact' '
	for f in "$one"/* "$models/status"; do
		[ "${f##*/}" = key ] || same "$(wc -c <"$f")" "$(stat -c %s "$f")" || return 1
	done'
ok 'status shows it' 'eventually "grep -E \"^tender-parser +unloaded +- +4\\.0 GB +never +cold\" \"\$models/status\""'
ok 'its columns stand below each other, however long and in whatever letters a name is, and it says what is pinned' '
	mkdir "$models/prüfgrößenauszugsleser" "$models/größe" && put pin "$models/größe/ctl" &&
	eventually "grep größe \"\$models/status\"" && table=$(sed "/^\$/,\$d" "$models/status") && echo "$table" &&
	sed -E "s/(STATE|unloaded).*//" <<<"$table" >"$dir/names" &&
	while IFS= read -r line; do printf %s "$line" | LC_ALL=C.UTF-8 wc -m; done <"$dir/names" >"$dir/widths" &&
	same 23 "$(sort -u "$dir/widths")" &&
	eventually "grep -E \"^größe .* cold +yes \" \"\$models/status\"" && grep -E "^tender-parser .* cold +- " "$models/status" &&
	rmdir "$models/prüfgrößenauszugsleser" "$models/größe"'
ok 'metrics counts it' 'eventually "grep -x \"fs0711_models{state=\\\"unloaded\\\"} 1\" \"\$mnt/metrics\"" && grep -x "fs0711_models{state=\"failed\"} 0" "$mnt/metrics"'
ok 'a device has its files' '
	for d in "$models"/devices/*; do
		[ ! -e "$d" ] || same "foreign memory_free memory_total memory_used name resident uuid" "$(echo $(ls "$d"))" || return 1
	done
	must_fail ENOENT ls "$models/devices/gpu99"'

ok 'the size of main memory is a number, and that of a GPU is not ours to say; settings/error has the refusal' '
	for d in "$models"/devices/*; do
		case ${d##*/} in
		ram0) must_fail EINVAL put much "$d/memory_total" && must_fail ERANGE put 0 "$d/memory_total" || return 1 ;;
		gpu*) must_fail EPERM put 1 "$d/memory_total" || return 1 ;;
		esac
		grep -F "${d##*/}" "$mnt/settings/error" || return 1
	done'

# Verbs
ok 'ctl lists its verbs' 'same "load unload pin unpin sleep wake" "$(echo $(awk "{ print \$1 }" "$one/ctl"))"'
ok 'ctl says why there is no use in load' '
	mkdir "$models/bare" && grep -x "load    no: it has no runner: write server or remote" "$models/bare/ctl" &&
	fill "$models/bare/spec.json" "{$server}" && grep -F "load    no: it has no memory_bytes" "$models/bare/ctl" &&
	fill "$models/bare/spec.json" "{\"path\": null, \"memory_bytes\": 1}" && grep -F "load    no: it has no path" "$models/bare/ctl" &&
	fill "$models/bare/spec.json" "{\"path\": \"/srv/a\"}" && grep -x "load    yes" "$models/bare/ctl"'
ok 'what is remote has nothing to pin' '
	fill "$models/bare/spec.json" "{\"runner\": \"remote\", \"url\": \"https://models.example/v1\"}" &&
	for verb in load unload pin unpin sleep wake; do
		must_fail EOPNOTSUPP put $verb "$models/bare/ctl" && grep -F "is remote" "$models/bare/error" || return 1
	done && json_is "$models/bare/spec.json" ".pinned == false" && rmdir "$models/bare"'
ok 'a verb that there is not' '
	must_fail EINVAL put dance "$one/ctl" && grep -F "load, unload, pin, unpin, sleep, wake" "$one/error"'
ok 'also without its newline' 'must_fail EINVAL op put "$one/ctl" dance'

# The key
ok 'a key is taken, and never shown' '
	put sk-hush-hush "$one/key" && same 200 "$(stat -c %a "$one/key")" && must_fail EACCES cat "$one/key" &&
	! grep -rF sk-hush-hush "$mnt" --exclude=key && ! grep -aF sk-hush-hush "$src"/*.db*'
ok 'one that is no header' 'must_fail EINVAL put "two words" "$one/key" && grep -F "the key has a space" "$one/error"'
ok 'one of two lines: the first is told, and the second is not taken either' '
	put sk-good "$one/key" && before=$(jq -r .updated_at "$one/spec.json") && exec 9>"$one/key" &&
	must_fail EINVAL add_line "two words" && must_fail EINVAL add_line x && exec 9>&- && grep -F "the key has a space" "$one/error" && same "$before" "$(jq -r .updated_at "$one/spec.json")"'
ok 'an empty line removes it' 'put "" "$one/key" && same "" "$(cat "$one/error")"'

# Names
ok 'renamed, it stays the same' '
	id=$(jq -r .id "$one/spec.json") && mv "$one" "$models/parser" && same "$id" "$(jq -r .id "$models/parser/spec.json")" &&
	json_is "$models/parser/spec.json" ".name == \"parser\"" && [ ! -e "$one" ] && mv "$models/parser" "$one"'
ok 'names that mean something else here' '
	must_fail EEXIST mkdir "$models/status" && must_fail EEXIST mkdir "$models/devices" && must_fail EEXIST mkdir "$one" &&
	must_fail EEXIST op rename "$one" "$models/devices" && must_fail ENOTDIR op rename "$one" "$models/status" && [ -e "$one/spec.json" ]'
ok 'what belongs here stays' '
	must_fail EPERM rmdir "$models/devices" && must_fail EPERM rm "$models/status" && must_fail EPERM mkdir "$models/devices/gpu9" &&
	must_fail EPERM touch "$models/file" && must_fail EPERM op rename "$one" "$mnt/experts/tender-parser"'

# Looking
ok 'looking starts nothing, changes nothing and ends' '
	mkdir "$models/second" && cp "$mnt/events" "$dir/before" && { grep -r . "$models"; ls -lR "$models"; find "$models" -ls; } >/dev/null 2>&1
	cmp "$dir/before" "$mnt/events" && same "" "$(engines)" && same unloaded "$(cat "$one/state")"'
ok 'a rename tells both names' '
	jq -e -s "map(select(.type == \"model.updated\") | [.data.former_name, .data.model_name]) |
		index([[\"tender-parser\", \"parser\"]]) and index([[\"parser\", \"tender-parser\"]]) and index([[null, \"tender-parser\"]])" "$mnt/events"'
ok 'its changes are events' '
	jq -r "select(.data.model_name == \"second\") | .type" "$mnt/events" | sort -u | grep -x model.updated'
ok 'renamed while it is on a device, it is there by its new name' '
	jq -n --arg server "$build/tests/model/server" "{ runner: \"server\", memory_bytes: 20000000, devices: [],
		command: [\$server, \"--socket\", \"{socket}\"] }" >"$dir/new.json" && cp "$dir/new.json" "$models/second/spec.json" &&
	put load "$models/second/ctl" && eventually "[ \"\$(cat \"\$models/second/state\")\" = resident ]" &&
	on=$models/devices/$(cat "$models/second/device")/resident && same ../../../second "$(readlink "$on/second")" &&
	mv "$models/second" "$models/third" && eventually "[ -L \"\$on/third\" ]" && same ../../../third "$(readlink "$on/third")" &&
	same resident "$(cat "$on/third/state")" && same third "$(ls "$on")" && must_fail EPERM rm "$on/third" && mv "$models/third" "$models/second"'
ok 'what is on a device can be unloaded as the manual says, pinned or not, also where nothing is' '
	free_device() {
		for m in "$on"/*; do
			[ -e "$m" ] || continue
			grep -q "^unpin  *yes" "$m/ctl" && echo unpin >"$m/ctl"
			echo unload >"$m/ctl" || return 1
		done
	}
	put pin "$models/second/ctl" && eventually "grep -q \"^unpin *yes\" \"\$models/second/ctl\"" && must_fail EBUSY put unload "$models/second/ctl" &&
	free_device && eventually "[ -z \"\$(ls \"\$on\")\" ]" && free_device'
ok 'a copy of the directory is an empty model' '
	! cp -r "$one" "$models/copy" 2>"$dir/said" && json_is "$models/copy/spec.json" ".runner == \"none\" and .path == null" && rm -r "$models/copy"'
ok 'files of a model stay' 'rm "$one/spec.json" "$one/state" && json_is "$one/spec.json" ".runner == \"server\"" && same unloaded "$(cat "$one/state")"'
ok 'it outlives the mount' '
	mount_stop && mount_start && json_is "$one/spec.json" ".license == \"mit\" and .stop_s == 5" && same unloaded "$(cat "$one/state")"'
ok 'removed, it is gone' '
	rmdir "$models/second" && rm -r "$one" && same "devices status" "$(echo $(ls "$models"))" && must_fail ENOENT cat "$one/state" &&
	eventually "! grep parser \"\$models/status\"" &&
	same "model.removed model.removed" "$(jq -r "select(.type == \"model.removed\") | select(.data.model_name == (\"second\", \"tender-parser\")) | .type" "$mnt/events" | xargs)"'

# Who lets a command run
if [ "$(id -u)" = 0 ] && chmod 755 "$dir" && as_nobody true 2>/dev/null; then
	ok 'to whom files belong may set a model, but not what runs' '
		mount_stop && mount_start -o allow_other,uid=65534 && as_nobody mkdir "$one" && echo "{\"pinned\": true}" >"$dir/mild" &&
		echo "{\"runner\": \"server\", \"command\": [\"sh\", \"{port}\"]}" >"$dir/wild" && chmod 644 mild wild && as_nobody cp mild "$one/spec.json" &&
		must_fail EPERM as_nobody cp wild "$one/spec.json" && grep -F "lets a command run on this host" "$one/error" &&
		json_is "$one/spec.json" ".pinned and .command == null" && cp wild "$one/spec.json" && json_is "$one/spec.json" ".runner == \"server\""'
else
	pass_over 'to whom files belong may set a model, but not what runs' 'this needs root'
fi
done_testing
