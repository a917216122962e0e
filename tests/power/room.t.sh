#!/bin/bash
# The disk is full, over quota or broken: the first call that an operation makes on the source fails, then the second,
# until none is left to fail. The tool hears the right errno, nothing is half done, and the same works right after.
# shellcheck disable=SC2154
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
. "$top/tests/power/recorder.sh"
recorder_start 512m
mount_start || exit
tasks=$mnt/engagements/default/tasks inbox=$mnt/tasks/inbox
declare -A errno=([ENOSPC]=28 [EDQUOT]=122 [EIO]=5)

# fault N ERRNO - the N-th call on the source from now on fails; 0: none
fault()
{
	printf '%06d %03d %-20s\n' "$1" "${errno[$2]}" - 1<>"$fault"
}

# fired - a call failed since the last fault; $call is its name
fired()
{
	read -r _ _ call <"$fault" && [ "$call" != - ]
}

# attempt N ERRNO - the operation with its N-th call failing; where it fails, once more with none
attempt()
{
	local said status

	fault "$1" "$2"
	said=$(do_it 2>&1)
	status=$?
	fired
	hit=$?
	fault 0 EIO
	if [ "$status" != 0 ]; then
		[ "$hit" = 0 ] || { echo "it fails by itself: $said" && return 1; }
		grep -qF -e "$2" -e "$(op text "$2")" <<<"$said" || { echo "$call met $2, it says: $said" && return 1; }
		# the kernel releases a file after close(2) has returned
		eventually untouched 5 || { echo "$call met $2 and left something" && return 1; }
		do_it || { echo "it fails after $call met $2" && return 1; }
	fi
	is_done || { echo "not done after $call met $2" && return 1; }
}

# fail_each - do_it, with each of its calls failing in turn; prepare, do_it, untouched and is_done are functions, which
# get $k: another word each time
fail_each()
{
	local error n hit

	for error in "${!errno[@]}"; do
		n=0 hit=0
		while [ "$hit" = 0 ]; do
			n=$((n + 1)) k=$error$n
			[ "$n" -lt 200 ] || { echo "it goes round in circles" && return 1; }
			prepare && attempt "$n" "$error" || return 1
		done
		[ "$n" -gt "${least:-3}" ] || { echo "only $n calls" && return 1; }
	done
}

sound()
{
	"$build/0711ctl" fsck "$src" || [ $? = 4 ]
}

# The engine does nothing while calls fail: tasks wait in todo behind one that it is held in.
new_file()
{
	prepare() { echo "$k" >"$dir/$k.pdf"; }
	do_it() { cp "$dir/$k.pdf" "$inbox/"; }
	untouched() { [ ! -e "$inbox/$k.pdf" ] && [ ! -e "$tasks/$k" ]; }
	is_done() { cmp "$dir/$k.pdf" "$tasks/$k/input/$k.pdf" && [ ! -e "$tasks/$k-2" ]; }
	fail_each
}

large_file()
{
	prepare() { head -c 3000000 /dev/urandom >"$dir/l$k.bin"; }
	do_it() { dd if="$dir/l$k.bin" of="$inbox/l$k.bin" bs=1M; }
	untouched() { [ ! -e "$inbox/l$k.bin" ] && [ ! -e "$tasks/l$k" ]; }
	is_done() { cmp "$dir/l$k.bin" "$tasks/l$k/input/l$k.bin" && rm "$inbox/l$k.bin" && rm -r "$tasks/l$k" && rm -r "$mnt/.trash/l$k@default"; }
	fail_each
}

written_again()
{
	prepare() { echo "one $k" >"$dir/again.pdf" && cp "$dir/again.pdf" "$inbox/a$k.pdf" && was=$(sha_of "$dir/again.pdf") && echo "two $k" >"$dir/again.pdf"; }
	do_it() { cp "$dir/again.pdf" "$inbox/a$k.pdf"; }
	untouched() { same "$was" "$(sha_of "$tasks/a$k/input/a$k.pdf")" && same "$was" "$(sha_of "$inbox/a$k.pdf")"; }
	is_done() { cmp "$dir/again.pdf" "$tasks/a$k/input/a$k.pdf" && [ ! -e "$tasks/a$k-2" ]; }
	fail_each
}

named_last()
{
	prepare() { echo "$k" >"$inbox/m$k.pdf.part"; }
	do_it() { mv "$inbox/m$k.pdf.part" "$inbox/m$k.pdf"; }
	untouched() { [ ! -e "$tasks/m$k" ] && [ -e "$inbox/m$k.pdf.part" ]; }
	is_done() { [ -e "$tasks/m$k/input/m$k.pdf" ] && [ ! -e "$inbox/m$k.pdf.part" ]; }
	fail_each
}

request()
{
	prepare() { :; }
	do_it() { echo '{"title": "Asked"}' | dd status=none of="$inbox/r$k.json"; }
	untouched() { [ ! -e "$tasks/r$k" ] && [ ! -e "$inbox/r$k.json" ]; }
	is_done() { same Asked "$(cat "$tasks/r$k/title")"; }
	fail_each
}

setting()
{
	prepare() { was=$(cat "$mnt/settings/trash_days") && days=$((was % 300 + 1)); }
	do_it() { put "$days" "$mnt/settings/trash_days"; }
	untouched() { same "$was" "$(cat "$mnt/settings/trash_days")"; }
	is_done() { same "$days" "$(cat "$mnt/settings/trash_days")"; }
	fail_each
}

engagement()
{
	prepare() { :; }
	do_it() { mkdir "$mnt/engagements/e$k"; }
	untouched() { [ ! -e "$mnt/engagements/e$k" ]; }
	is_done() { same active "$(cat "$mnt/engagements/e$k/status")"; }
	fail_each || return 1
	prepare() { mkdir "$mnt/engagements/f$k"; }
	do_it() { mv "$mnt/engagements/f$k" "$mnt/engagements/g$k"; }
	untouched() { [ -e "$mnt/engagements/f$k/status" ] && [ ! -e "$mnt/engagements/g$k" ]; }
	is_done() { [ ! -e "$mnt/engagements/f$k" ] && [ -e "$mnt/engagements/g$k/status" ]; }
	fail_each
}

folder()
{
	prepare() { mkdir "$inbox/d$k" && echo "$k" >"$dir/note.txt"; }
	do_it() { cp "$dir/note.txt" "$inbox/d$k/"; }
	untouched() { [ -z "$(ls "$inbox/d$k")" ]; }
	is_done() { cmp "$dir/note.txt" "$inbox/d$k/note.txt" && put submit "$inbox/d$k/ctl"; }
	fail_each || return 1
	prepare() { mkdir "$inbox/s$k" && cp "$dir/note.txt" "$inbox/s$k/"; }
	do_it() { put submit "$inbox/s$k/ctl"; }
	untouched() { [ -e "$inbox/s$k/note.txt" ] && [ ! -e "$tasks/s$k" ]; }
	is_done() { cmp "$dir/note.txt" "$tasks/s$k/input/note.txt"; }
	fail_each
}

# removed - a cancelled task goes into .trash and comes back
removed()
{
	prepare() { echo "$k" >"$inbox/t$k.pdf" && put cancel "$tasks/t$k/ctl"; }
	do_it() { rm -r "$tasks/t$k"; }
	untouched() { [ -s "$tasks/t$k/input/t$k.pdf" ] && [ ! -e "$mnt/.trash/t$k@default" ]; }
	is_done() { [ ! -e "$tasks/t$k" ] && [ -e "$mnt/.trash/t$k@default" ]; }
	fail_each || return 1
	prepare() { echo "$k" >"$inbox/u$k.pdf" && put cancel "$tasks/u$k/ctl" && rm -r "$tasks/u$k"; }
	do_it() { mv "$mnt/.trash/u$k@default" "$tasks/"; }
	untouched() { [ ! -e "$tasks/u$k" ] && [ -e "$mnt/.trash/u$k@default" ]; }
	is_done() { [ -s "$tasks/u$k/input/u$k.pdf" ] && [ ! -e "$mnt/.trash/u$k@default" ]; }
	fail_each
}

reviewed()
{
	local first=$mnt/engagements/acme/tasks/first

	prepare() { jq --arg k "$k" '.issuer.value = $k' "$first/result.json" >"$dir/result.json" && was=$(sha_of "$first/result.json"); }
	do_it() { cp "$dir/result.json" "$first/result.json"; }
	untouched() { same "$was" "$(sha_of "$first/result.json")"; }
	is_done() { same "$k" "$(jq -r .issuer.value "$first/result.json")"; }
	fail_each || return 1
	prepare() { wait_task "$first" needs_review; }
	do_it() { put "reject $k" "$first/review"; }
	untouched() { same needs_review "$(cat "$first/status")"; }
	is_done() { same failed "$(cat "$first/status")" && put retry "$first/ctl"; }
	engines_go
	fail_each
}

ok 'a task is in review' '
	mkdir "$mnt/engagements/acme" && put 100 "$mnt/engagements/acme/review_threshold" &&
	sample "$mnt/engagements/acme/tasks/inbox/first.pdf" && wait_task "$mnt/engagements/acme/tasks/first" needs_review &&
	engines_stop'
ok 'a new file is refused whole' new_file
ok 'a large file is refused whole' large_file
ok 'a file that is written again keeps its bytes' written_again
ok 'a file that gets its name last keeps the other' named_last
ok 'a request is refused whole' request
ok 'a setting keeps its value' setting
ok 'an engagement is not made, not renamed' engagement
ok 'a folder takes nothing, and is not submitted' folder
ok 'a task is not removed, not brought back' removed
ok 'fsck finds no harm' sound
ok 'a result is not corrected, a task not rejected' reviewed
ok 'all work ends when nothing fails, and fsck finds no harm' '
	eventually "[ \"\$(jq \".tasks.todo + .tasks.in_progress\" \"\$mnt/health\")\" = 0 ]" 200 && sound'
done_testing
