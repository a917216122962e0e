#!/bin/bash
# Mounting: options, the lock, the background, dead mounts, signals, and what a restart keeps.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq ps setpriv
need_fuse
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
program=$build/0711fs

# fails_with STATUS WORD ARGUMENT... - 0711fs ends with that status, and what it says has the word
fails_with()
{
	local status=$1 word=$2 got

	shift 2
	timeout 20 "$program" "$@" >"$dir/said" 2>&1
	got=$?
	cat "$dir/said"
	same "$status" "$got" && grep -qF -e "$word" "$dir/said"
}

# unmount - for a mount that is not our child
unmount()
{
	local pid

	pid=$(jq .pid "$mnt/health") && fusermount3 -u "$mnt" && eventually "! kill -0 $pid 2>/dev/null"
}

# Words that need no mount
ok '-V prints the version' '
	"$program" -V | grep -x "0711fs [0-9.]*" && "$program" --version | grep -qx "0711fs [0-9.]*" &&
	"$build/0711ctl" -V | grep -qx "0711ctl [0-9.]*"'
ok '-h lists the options' '
	"$program" -h >"$dir/help" &&
	for word in -f -d -V as= uid= gid= umask= allow_other log= log_json syslog; do grep -qF -e "$word" "$dir/help" || return 1; done'
ok 'an unknown option is refused by name' 'fails_with 2 no_such_option "$src" "$mnt" -o no_such_option'
ok 'so is an unknown flag' 'fails_with 2 --frob "$src" "$mnt" --frob'
ok 'a value that is none' '
	fails_with 2 umask "$src" "$mnt" -o umask=999 && fails_with 2 uid "$src" "$mnt" -o uid=me &&
	fails_with 2 log "$src" "$mnt" -o log=loud'
ok 'an option without its value, and one with too much' '
	fails_with 2 uid "$src" "$mnt" -o uid && fails_with 2 allow_other "$src" "$mnt" -o allow_other=yes'
ok 'too few and too many arguments' '
	fails_with 2 usage && fails_with 2 usage "$src" && fails_with 2 extra "$src" "$mnt" extra'
ok 'a mountpoint that is not there' 'fails_with 1 "$dir/nowhere" "$src" "$dir/nowhere"'
ok 'a mountpoint that is a file' '
	echo >"$dir/file" && fails_with 1 "$dir/file" "$dir/store3" "$dir/file" && ! grep -F "$dir/file" /proc/mounts'
fusermount3 -uz "$dir/file" 2>/dev/null
ok 'a source that is a file' 'fails_with 1 "$dir/file" "$dir/file" "$mnt" && ! mountpoint -q "$mnt"'
ok 'a source in a directory that is not there' 'fails_with 1 "$dir/no/store" "$dir/no/store" "$mnt"'
ok 'a source that is no directory yet' 'fails_with 1 postgresql postgresql://localhost/x "$mnt"'
ok 'the password of a source is not repeated' '
	fails_with 1 postgresql "postgresql://me:geheim@localhost/x" "$mnt"; ! grep geheim "$dir/said"'

# The background
ok 'it goes to the background when the mount answers' '
	"$program" "$src" "$mnt" -o log=warn && [ -s "$mnt/health" ] && pid=$(jq .pid "$mnt/health") &&
	kill -0 "$pid" && same 1 "$(ps -o ppid= -p "$pid" | tr -d " ")"'
ok 'the kernel knows its type and its source' 'grep -F "$src $mnt fuse.0711fs" /proc/mounts'
ok 'fusermount3 -u ends it' 'unmount && ! mountpoint -q "$mnt"'
ok 'a source that is not there is made, for its owner alone' '
	"$program" "$dir/new" "$mnt" && unmount && same 700 "$(stat -c %a "$dir/new")"'

# The lock
ok 'the same source cannot be mounted twice: the sentence has the pid' '
	mount_start && mkdir "$dir/mnt2" && fails_with 1 "$daemon" "$src" "$dir/mnt2" && ! mountpoint -q "$dir/mnt2" &&
	[ -e "$mnt/health" ]'
ok 'not in the foreground either, nor by another path to it' '
	ln -s "$src" "$dir/link" && fails_with 1 "$daemon" "$dir/link" "$dir/mnt2" -f && [ -e "$mnt/health" ]'
ok 'another source can' '
	mkdir "$dir/store2" && "$program" "$dir/store2" "$dir/mnt2" && [ -e "$dir/mnt2/health" ] &&
	fusermount3 -u "$dir/mnt2" && [ -e "$mnt/health" ]'

# What a restart keeps
ok 'a restart keeps tasks, results, records, settings, attributes and inode numbers' '
	sample "$inbox/rfp.pdf" && wait_task rfp completed && mkdir "$mnt/engagements/acme" &&
	put 42 "$mnt/engagements/acme/review_threshold" && put 7 "$mnt/settings/trash_days" &&
	op setxattr "$tasks/rfp" user.color blue &&
	keep() { find "$mnt" -path "$mnt/health" -o -printf "%i %p %s %y %l\n" | grep -v -e /health -e /mcps/TENDER/status | sort; cat "$mnt/events" "$tasks/rfp"/*.json "$tasks/rfp/output"/* "$mnt"/settings/* "$mnt"/engagements/*/engagement.json; op getxattr "$tasks/rfp" user.color; } &&
	keep >"$dir/before" && mount_stop && mount_start && keep >"$dir/after" && diff "$dir/before" "$dir/after"'
ok 'and times' '
	stat -c "%Y %n" "$tasks"/rfp/* >"$dir/before" && mount_stop && mount_start &&
	stat -c "%Y %n" "$tasks"/rfp/* | diff "$dir/before" -'
ok 'an open task goes on' '
	exec 9>"$inbox/open.pdf" && cat "$top/samples/city-website-rfp.pdf" >&9 &&
	same todo "$(cat "$tasks/open/status")" && id=$(jq -r .id "$tasks/open/task.json") && mount_kill; exec 9>&-
	mount_start && wait_task open completed && same "$id" "$(jq -r .id "$tasks/open/task.json")"'
mkfifo "$dir/pipe"
cat "$dir/pipe" >"$inbox/never.pdf" &
writer=$!
ok 'what was never closed is gone' '
	exec 8>"$dir/pipe" && head -c 20000 "$top/samples/city-website-rfp.pdf" >&8 &&
	eventually "[ -s $inbox/never.pdf ]" && mount_kill && exec 8>&- &&
	mount_start && [ ! -e "$tasks/never" ] && [ ! -e "$inbox/never.pdf" ] && [ ! -e "$inbox/never.pdf.receipt.json" ] &&
	same 0 "$(find "$src"/*/staging -type f | wc -l)"'
wait "$writer" 2>/dev/null

# The end
ok 'after kill -9 the mount is dead, and the next start cleans it' '
	mount_kill && must_fail ENOTCONN ls "$mnt" && mount_start && [ -e "$tasks/rfp/result.json" ] &&
	same 1 "$(grep -c "$mnt fuse" /proc/mounts)"'
ok 'however its name is written' '
	mount_kill && (cd "$dir" && "$program" store mnt/) && [ -e "$tasks/rfp/result.json" ] && unmount &&
	same 0 "$(grep -c "$mnt fuse" /proc/mounts)" &&
	mount_start && ln -s mnt "$dir/way" && mount_kill && "$program" "$src" "$dir/way" &&
	[ -e "$tasks/rfp/result.json" ] && unmount && mount_start'
ok 'also in the background' '
	mount_kill && "$program" "$src" "$mnt" && [ -e "$tasks/rfp/result.json" ] &&
	same 1 "$(grep -c "$mnt fuse" /proc/mounts)" && unmount'
ok 'a dead mount of somebody else is left alone' '
	mkdir "$dir/plain" && echo 1 >"$dir/plain/file" && "$program" "$src" "$dir/plain" &&
	fusermount3 -u "$dir/plain" && same 1 "$(cat "$dir/plain/file")"'
ok 'kill -9 takes the children with it, and the work is done after the next start' '
	mount_start && sample "$inbox/warm.pdf" warm && wait_task warm completed && engines_stop &&
	sample "$inbox/cut.pdf" cut && eventually "[ \"\$(cat $tasks/cut/status)\" = in_progress ]" &&
	children=$(engines) && [ -n "$children" ] && mount_kill &&
	for pid in $children; do eventually "! kill -0 $pid 2>/dev/null" 10 || return 1; done &&
	same "" "$(pgrep -x 0711fs)" && mount_start && wait_task cut completed'
for signal in TERM INT HUP; do
	ok "SIG$signal unmounts, and it ends with 0" '
		[ -n "$daemon" ] || mount_start; sample "$dir/x.pdf" $signal && cp "$dir/x.pdf" "$inbox/$signal.pdf" &&
		kill -$signal "$daemon"; wait "$daemon"; status=$?; daemon=; same 0 "$status" &&
		! mountpoint -q "$mnt" &&
		eventually "[ -z \"\$(pgrep -x tender)\" ]"'
done
ok 'what was being worked on then is done later' '
	mount_start && for signal in TERM INT HUP; do wait_task $signal completed || return 1; done'
ok 'SIGTERM unmounts also under an open file' '
	exec 8<"$tasks/rfp/result.json" && kill "$daemon"; wait "$daemon"; status=$?; daemon=; same 0 "$status" &&
	! mountpoint -q "$mnt" && exec 8<&-'
ok 'a client that goes away under SIGPIPE does no harm' '
	mount_start &&
	yes | head -c 100000 >"$dir/yes"; (cat "$mnt/events" | head -c 1 >/dev/null); [ -e "$mnt/health" ] &&
	mount_stop'

# Options
ok 'umask' '
	mount_start -o umask=027 && same "640 750" "$(echo $(stat -c %a "$mnt/settings/workers" "$mnt/settings"))" &&
	mount_stop'
if as_nobody true 2>/dev/null; then
	ok 'uid and gid' '
		mount_start -o uid=65534,gid=65533 &&
		same "65534 65533" "$(stat -c "%u %g" "$mnt/settings/workers")" &&
		same "65534 65533" "$(stat -c "%u %g" "$mnt/settings")" && mount_stop'
else
	pass_over 'uid and gid' 'this needs root'
fi
ok 'what fstab and systemd write is ignored' '
	mount_start -o rw,nosuid,nodev,dev,suid,noauto,nofail,_netdev,user,x-systemd.automount,x-gvfs-show,noatime,defaults &&
	mount_stop'
ok 'several -o, and -o with its list behind it' 'mount_start -o log=debug -olog_json -o "" && mount_stop'
ok 'log_json writes one JSON object a line' '
	lines=$(wc -l <"$log") && mount_start -o log_json,log=debug && mount_stop &&
	tail -n "+$((lines + 1))" "$log" >"$dir/json" && [ -s "$dir/json" ] && jq -e . "$dir/json" >/dev/null'
ok 'log=error is quiet' '
	lines=$(wc -l <"$log") && mount_start -o log=error && mount_stop && same "$lines" "$(wc -l <"$log")"'
if [ "$(id -u)" = 0 ] && type mount.fuse3 >/dev/null 2>&1; then
	ok 'as fstab does it: mount.fuse3' '
		PATH=$build:$PATH mount.fuse3 "0711fs#$src" "$mnt" -o rw,nosuid,_netdev,umask=022 &&
		[ -e "$mnt/health" ] && unmount'
else
	pass_over 'as fstab does it' 'this needs root and mount.fuse3'
fi
ok 'statfs tells of the disk' '
	mount_start && same "$(stat -fc "%S %b" "$src")" "$(stat -fc "%S %b" "$mnt")" &&
	[ "$(stat -fc %a "$mnt")" -gt 0 ] && same 255 "$(stat -fc %l "$mnt")"'
ok 'chmod, chown and touch succeed; the time is kept for a file in an inbox' '
	exec 9>"$inbox/times.pdf" && cat "$top/samples/city-website-rfp.pdf" >&9 && chmod 600 "$inbox/times.pdf" &&
	chown "$(id -u)" "$inbox/times.pdf" && touch -d 2020-02-02T02:02:02Z "$inbox/times.pdf" &&
	same 1580608922 "$(stat -c %Y "$inbox/times.pdf")" && exec 9>&- && wait_task times completed'
ok 'attributes that are not user. are not supported' '
	must_fail EOPNOTSUPP op setxattr "$tasks/rfp" trusted.x y || must_fail EPERM op setxattr "$tasks/rfp" trusted.x y'
ok 'health says who serves it' '
	json_is "$mnt/health" ".status == \"ok\" and .pid == $daemon and .store.engine == \"$store\" and .store.state == \"ok\" and has(\"sandbox\") and has(\"workers\")"'
ok 'mcps/ lists TENDER with its tools' '
	same TENDER "$(ls "$mnt/mcps")" && json_is "$mnt/mcps/TENDER/manifest.json" ".id == \"TENDER\"" &&
	same parse_rfp "$(ls "$mnt/mcps/TENDER/tools" | grep -x parse_rfp)" &&
	json_is "$mnt/mcps/TENDER/tools/parse_rfp/output.json" ".type == \"object\"" &&
	json_is "$mnt/mcps/TENDER/tools/parse_rfp/schema.json" ".type == \"object\""'
ok 'settings are described, checked, and set back by an empty line' '
	for name in $(ls "$mnt/settings" | grep -v -x -e README -e error); do grep -q "^$name " "$mnt/settings/README" || return 1; done
	must_fail EINVAL put soon "$mnt/settings/task_timeout_s" &&
	must_fail ERANGE put 0 "$mnt/settings/task_timeout_s" && grep -F task_timeout_s "$mnt/settings/error" &&
	put 60 "$mnt/settings/task_timeout_s" && same 60 "$(cat "$mnt/settings/task_timeout_s")" &&
	put "" "$mnt/settings/task_timeout_s" && same 300 "$(cat "$mnt/settings/task_timeout_s")" &&
	must_fail EPERM op create "$mnt/settings/more"'
ok 'nothing can be made in the root' '
	must_fail EPERM op create "$mnt/file" && must_fail EPERM op mkdir "$mnt/dir" &&
	must_fail EPERM op rmdir "$mnt/tasks" && must_fail EPERM op rename "$mnt/tasks" "$mnt/todo"'
ok 'the end' 'mount_stop'

# A plain user, who may not be able to read the build directory
if [ "$(id -u)" = 0 ] && as_nobody true 2>/dev/null && as_nobody test -w /dev/fuse; then
	mkdir -p "$dir/bin/mcps/tender" && cp "$program" "$dir/bin/" &&
		cp "$build/mcps/tender/tender" "$build/mcps/tender/manifest.json" "$dir/bin/mcps/tender/" && chmod -R a+rX "$dir/bin"
	program=$dir/bin/0711fs
	ok 'a plain user mounts, drops and reads' '
		chmod 755 "$dir" && mkdir "$dir/user" && chown 65534:65534 "$dir/user" &&
		as_nobody mkdir "$dir/user/mnt" && as_nobody "$program" "$dir/user/store" "$dir/user/mnt" &&
		sample "$dir/plain.pdf" plain && chmod 644 "$dir/plain.pdf" &&
		as_nobody cp "$dir/plain.pdf" "$dir/user/mnt/tasks/inbox/" &&
		same completed "$(as_nobody timeout 60 cat "$dir/user/mnt/engagements/default/tasks/plain/wait")" &&
		same 65534 "$(as_nobody stat -c %u "$dir/user/mnt/health")" &&
		as_nobody jq .sandbox "$dir/user/mnt/health"'
	ok 'others do not get in, not even root' 'must_fail EACCES ls "$dir/user/mnt"'
	ok 'he unmounts' '
		pid=$(as_nobody jq .pid "$dir/user/mnt/health") && as_nobody fusermount3 -u "$dir/user/mnt" &&
		eventually "! kill -0 $pid 2>/dev/null"'
	ok 'his dead mount is cleaned too' '
		as_nobody "$program" "$dir/user/store" "$dir/user/mnt" &&
		kill -9 "$(as_nobody jq .pid "$dir/user/mnt/health")" &&
		eventually "as_nobody \"$program\" \"$dir/user/store\" \"$dir/user/mnt\"" &&
		as_nobody test -e "$dir/user/mnt/engagements/default/tasks/plain/result.json" &&
		as_nobody fusermount3 -u "$dir/user/mnt"'
else
	pass_over 'a plain user' 'this needs root, and a /dev/fuse that all may open'
fi
done_testing
