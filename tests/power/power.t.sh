#!/bin/bash
# The power is cut: what the daemon does to its source is recorded, and states that a power cut may leave are made of
# the record. Each opens, 0711ctl fsck finds no harm in it, and it has all that was acknowledged. replay.c says how.
# FS0711_POWER_STATES: how many states (600); FS0711_POWER_SEED: which; FS0711_POWER_MOUNTS: how many are mounted (3).
# shellcheck disable=SC2154
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
. "$top/tests/power/recorder.sh"
recording=1
recorder_start
ram_disk "$dir/ram" 256m || exit
tasks=$mnt/engagements/default/tasks inbox=$mnt/tasks/inbox

# replay WHAT... - of the record, below $dir/ram/root
replay()
{
	FS0711_POWER_TOP=$(stat -c %i "$dir/disk") "$build/tests/power/replay" "$record" "$dir/ram/root" \
		"$dir/ram/root/${src##*/}" "$@"
}

check_states()
{
	local status

	replay check "$build/0711ctl" >"$dir/checked" 2>&1
	status=$?
	tail -n 30 "$dir/checked"
	return "$status"
}

# mark begin|done KEY = VALUE
mark()
{
	printf 'mark 0 0 0 0 0 %s\n' "$*" >>"$record"
}

# try KEY VALUE COMMAND... - the command gives KEY that VALUE; it is acknowledged when the command ends well
try()
{
	local key=$1 value=$2

	shift 2
	mark "begin $key = $value"
	"$@" || return 1
	mark "done $key = $value"
}

# try_two KEY VALUE KEY VALUE COMMAND...
try_two()
{
	mark "begin $1 = $2"
	try "$3" "$4" "${@:5}" && mark "done $1 = $2"
}

# drop NAME [MARK] - a file into the inbox
drop()
{
	sample "$dir/$1.pdf" "${2:-$1}"
	try "input default/$1 $1.pdf" "$(sha_of "$dir/$1.pdf")" cp "$dir/$1.pdf" "$inbox/"
}

# ended TASK STATE - the task ends in it, which is acknowledged by wait
ended()
{
	wait_task "$mnt/engagements/${1%/*}/tasks/${1#*/}" "$2" && mark "done state $1 = $2"
}

# drop_part NAME - as programs do that write under another name first
drop_part()
{
	echo "$1" >"$dir/$1.txt"
	cp "$dir/$1.txt" "$inbox/$1.txt.part" &&
		try "input default/$1 $1.txt" "$(sha_of "$dir/$1.txt")" mv "$inbox/$1.txt.part" "$inbox/$1.txt"
}

drop_folder()
{
	try 'entry lot' folder mkdir "$inbox/lot" &&
		try 'entry lot/note.txt' "$(sha_of "$dir/note.txt")" cp "$dir/note.txt" "$inbox/lot/"
}

submit_folder()
{
	mark 'begin entry lot = '
	mark 'begin entry lot/note.txt = '
	try 'input default/lot note.txt' "$(sha_of "$dir/note.txt")" put submit "$inbox/lot/ctl"
}

review()
{
	local engagement=$mnt/engagements/acme

	cp "$dir/first.pdf" "$engagement/tasks/inbox/a.pdf" && cp "$dir/first.pdf" "$engagement/tasks/inbox/b.pdf" &&
		ended acme/a needs_review && ended acme/b needs_review &&
		jq '.issuer.value = "By hand"' "$engagement/tasks/a/result.json" >"$dir/result.json" &&
		try 'result acme/a' "$(sha_of "$dir/result.json")" cp "$dir/result.json" "$engagement/tasks/a/" &&
		try 'state acme/a' completed put 'approve it is good' "$engagement/tasks/a/review" &&
		try 'state acme/b' failed mv "$mnt/tasks/needs_review/b@acme" "$mnt/tasks/failed/"
}

# checkpointed - the database itself was written since the last time
checkpointed()
{
	local n

	n=$(grep -ac "^write $(stat -c %i "$src/platform.db") " "$record")
	[ "$n" != "${last_checkpoint:-0}" ] && last_checkpoint=$n
}

ok 'it starts in a new directory' '
	mount_start && mark "done setting trash_days = 30"'
ok 'files are dropped, by one and by several at once' '
	drop first && ended default/first completed &&
	for writer in 1 2 3; do
		{ drop "w$writer-1" && drop "w$writer-2" && drop_part "p$writer"; } &
		pids[writer]=$!
	done &&
	wait "${pids[1]}" && wait "${pids[2]}" && wait "${pids[3]}"'
ok 'settings and engagements are changed' '
	for days in 10 20 40; do
		try "setting trash_days" "$days" put "$days" "$mnt/settings/trash_days" || return 1
	done &&
	try "engagement new" untitled mkdir "$mnt/engagements/new" &&
	try "engagement new" Website put Website "$mnt/engagements/new/title" &&
	put 100 "$mnt/engagements/new/review_threshold" &&
	try_two "engagement new" "" "engagement acme" Website mv "$mnt/engagements/new" "$mnt/engagements/acme"'
ok 'the log is copied into the database, and begins anew' '
	eventually checkpointed && drop second && ended default/second completed && eventually checkpointed'
ok 'results are reviewed' review
ok 'a folder is dropped' '
	echo note >"$dir/note.txt" && drop_folder && submit_folder && ended default/lot needs_review'
ok 'tasks are removed, brought back and removed for ever' '
	ended default/p1 failed && ended default/p2 failed &&
	bytes=$(sha_of "$dir/p1.txt") &&
	try_two "state default/p1" "" "input default/p1 p1.txt" "" rm -r "$tasks/p1" &&
	try_two "state default/p2" "" "input default/p2 p2.txt" "" rm -r "$tasks/p2" &&
	try_two "state default/p1" failed "input default/p1 p1.txt" "$bytes" mv "$mnt/.trash/p1@default" "$tasks/" &&
	rm -r "$mnt/.trash/p2@default"'
ok 'a file is written again' 'drop third one && drop third two'
ok 'it is killed, and starts again' '
	drop fourth && mount_kill && fusermount3 -uz "$mnt" && mount_start && drop fifth && ended default/fifth completed'
ok 'it ends, and starts again' 'mount_stop && mount_start && drop sixth && mount_stop'

ok 'nothing escaped the record' '
	replay whole && diff -r "$dir/disk" "$dir/ram/root"'
ok 'every state that a power cut may leave opens and has all that was acknowledged' check_states
echo "# $(tail -n 1 "$dir/checked")"

ok 'a disk that syncs nothing is noticed' '
	FS0711_POWER_STATES=60 replay lie "$build/0711ctl" >"$dir/lied" 2>&1; same 1 $?'

# look LINE - "KEY = VALUE", through the mount
look()
{
	local value=${1##* = } key=${1% = *} path

	path=${key#* }
	case $key in
	setting\ *) same "$value" "$(cat "$mnt/settings/$path")" ;;
	input\ *) same "$value" "$(sha_of "$mnt/engagements/${path%%/*}/tasks/$(sed 's,^[^/]*/,,; s, ,/input/,' <<<"$path")")" ;;
	esac
}

# try_mount N - the state as a user meets it
try_mount()
{
	local line

	replay cut "$1" >"$dir/expected" && mount_start || return 1
	while IFS= read -r line; do
		look "$line" || return 1
	done <"$dir/expected"
	drop "late$1" && ended "default/late$1" completed && mount_stop || return 1
	"$build/0711ctl" fsck "$src" || [ $? = 4 ]
}

# load - what was dropped, into another directory; that is acknowledged when it ends
load()
{
	"$build/0711ctl" dump "$src" "$dir/archive" || return 1
	was=$record record=$dir/loaded src=$dir/disk/loaded
	env "${daemon_env[@]/"$was"/"$record"}" "$build/0711ctl" load "$src" "$dir/archive" &&
		grep -a '^mark .* done input default/[fsw]' "$was" >>"$record"
}

ok 'an archive is loaded' load
ok 'the power is cut while it is loaded, and after' 'FS0711_POWER_STATES=$((${FS0711_POWER_STATES:-600} / 4)) check_states'
echo "# $(tail -n 1 "$dir/checked")"
record=$was

# what is done from here on is not of the record
mark()
{
	:
}

daemon_env=()
src=$dir/ram/root/store
mounts=${FS0711_POWER_MOUNTS:-3}
ok "$mounts of them are mounted, read, and written to" '
	for i in $(seq "$mounts"); do
		try_mount $((${FS0711_POWER_STATES:-600} * i / (mounts + 1))) || return 1
	done'
done_testing
