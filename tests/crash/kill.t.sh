# The daemon is killed at random moments, many times, under drops, work, reviews, removals and settings. What was
# acknowledged is there after each restart, once; nothing half is. Run by `make check-crash`, not by `make check`.
# FS0711_KILL_ROUNDS: how often (40).
# shellcheck shell=bash disable=SC2154
FS0711_TEST_SECONDS=${FS0711_TEST_SECONDS:-3600}
export FS0711_TEST_SECONDS
. "${FS0711_SRCDIR:-.}/tests/lib.sh"
rounds=${FS0711_KILL_ROUNDS:-40}
tasks=$mnt/engagements/default/tasks inbox=$mnt/tasks/inbox
acked=$dir/acked files=$dir/files
mkdir "$acked" "$files"

# drop ROUND WRITER - copy files until the mount dies; each that cp returned 0 for is noted with its hash
drop()
{
	local i file

	for i in 1 2 3 4 5 6; do
		file=$files/k$1-$2-$i.pdf
		{
			[ $((i % 3)) != 0 ] || cat "$top/samples/city-website-rfp.pdf"
			echo "% round $1 writer $2 file $i $RANDOM"
		} >"$file"
		cp "$file" "$inbox/" 2>/dev/null || return
		sha_of "$file" >"$acked/${file##*/}"
	done
}

# decide ROUND - approve, set and remove; each that was acknowledged is noted
decide()
{
	local name

	if echo "$1" >"$mnt/settings/receipt_hours"; then
		echo "$1" >"$dir/setting"
	fi 2>/dev/null
	for name in $(find "$tasks" -maxdepth 1 -name "k$(($1 - 1))-*" -printf '%f\n' 2>/dev/null | head -n 3); do
		if mv "$mnt/tasks/failed/$name" "$mnt/tasks/todo/" 2>/dev/null; then
			echo retried >"$dir/decided"
		fi
		# what fails because the daemon died may have happened all the same
		rm -f "$acked/$name.pdf"
		if rm -r "${tasks:?}/$name" 2>/dev/null; then
			echo "$name" >>"$dir/removed"
		fi
	done
}

round()
{
	local r=$1 w pids=

	for w in 1 2 3; do
		drop "$r" "$w" &
		pids="$pids $!"
	done
	decide "$r" &
	pids="$pids $!"
	# the moment: 0 to 200 ms after the first drop began
	sleep "0.$(printf '%03d' $((RANDOM % 200)))"
	mount_kill
	# shellcheck disable=SC2086
	wait $pids 2>/dev/null
	left=$(pgrep -f "$build/mcps/tender/tender" | wc -l)
}

# verify - every file that was acknowledged is one task with its bytes, and its receipt says so
verify()
{
	local file name bad=0

	for file in "$acked"/*; do
		[ -e "$file" ] || continue
		name=${file##*/}
		name=${name%.pdf}
		if [ "$(sha_of "$tasks/$name/input/$name.pdf" 2>/dev/null)" != "$(cat "$file")" ]; then
			echo "$name: its bytes are not there"
			bad=1
		elif [ -e "$tasks/$name-2" ]; then
			echo "$name: it is two tasks"
			bad=1
		fi
	done
	if [ -s "$dir/setting" ] && [ "$(cat "$mnt/settings/receipt_hours")" != "$(cat "$dir/setting")" ]; then
		echo "receipt_hours is $(cat "$mnt/settings/receipt_hours"), acknowledged was $(cat "$dir/setting")"
		bad=1
	fi
	return "$bad"
}

# one ROUND - kill, look, start again, look
one()
{
	round "$1"
	eventually '[ "$(pgrep -f "$build/mcps/tender/tender" | wc -l)" = 0 ]' || {
		echo "a server outlived its daemon"
		return 1
	}
	mount_start || return 1
	[ -z "$(ls -A "$src/staging")" ] || {
		echo "staging is not clean: $(ls "$src/staging")"
		return 1
	}
	verify || return 1
	# what the round left is enough for the next: old files go, so that a thousand rounds do not slow each other
	[ $(($1 % 20)) != 0 ] || settle
}

# settle - all work ends, and every file has ended as exactly one task
settle()
{
	eventually '[ "$(jq ".tasks.todo + .tasks.in_progress" "$mnt/health")" = 0 ]' 120 && verify && rm -f "$acked"/*
}

mount_start || exit 1
failed=
for r in $(seq "$rounds"); do
	one "$r" >"$dir/one.out" 2>&1 || {
		failed=$r
		break
	}
done
ok "nothing acknowledged is lost in $rounds kills" '[ -z "$failed" ] || { echo "round $failed:"; cat "$dir/one.out"; false; }'
ok 'all work ends' 'settle'
ok 'what was removed stays removed' '
	for name in $(cat "$dir/removed" 2>/dev/null); do [ ! -e "$tasks/$name" ] || { echo "$name is back"; return 1; }; done'
ok 'the mount ends well' 'mount_stop'
done_testing
