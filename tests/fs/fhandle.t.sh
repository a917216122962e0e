#!/bin/bash
# File handles, as NFS servers and some backup programs keep them: one taken before a restart opens the same file after.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
[ "$(id -u)" = 0 ] || skip 'only root may open files by their handles'
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks

fhandle()
{
	"$build/tests/fs/fhandle" "$@"
}

# take - the handle of each file that is listed, and of those that are not, into $dir/handles/N; their paths into paths
take()
{
	local path n=0

	mkdir -p "$dir/handles"
	: >"$dir/paths"
	while IFS= read -r path; do
		n=$((n + 1))
		fhandle take "$path" "$dir/handles/$n" || { echo "$path"; return 1; }
		printf '%s\n' "$path" >>"$dir/paths"
	done < <(
		find "$mnt"
		printf '%s\n' "$mnt/events.follow" "$mnt/.trash" "$inbox/@TENDER" "$inbox/@TENDER/parse_rfp" \
			"$tasks/rfp/wait" "$tasks/rfp/input/.former" "$mnt/.trash/old@default/status"
	)
}

# opens - each handle opens what its path says
opens()
{
	local path n=0 want

	while IFS= read -r path; do
		n=$((n + 1))
		want="$(stat -c %i "$path") $(find "$path" -maxdepth 0 -printf '%y\n')"
		same "$want" "$(fhandle stat "$mnt" "$dir/handles/$n" 2>&1)" || { echo "$path"; return 1; }
	done <"$dir/paths"
}

if ! { fhandle take "$mnt/health" "$dir/try" && fhandle stat "$mnt" "$dir/try"; } >/dev/null 2>"$dir/said"; then
	skip "files cannot be opened by handles here: $(cat "$dir/said")"
fi

ok 'there is one of each kind' '
	sample "$inbox/rfp.pdf" && wait_task rfp completed && sample "$inbox/old.pdf" old && wait_task old completed &&
	put 3600 "$mnt/settings/folder_quiet_s" && rm -r "$tasks/old" && mkdir "$inbox/folder" "$inbox/folder/annex" &&
	sample "$inbox/folder/annex/a.pdf" folder && cp -r "$inbox/folder" "$inbox/task" &&
	put submit "$inbox/task/ctl" && wait_task task &&
	mkdir "$mnt/experts/anna" "$mnt/companies/acme" && touch "$mnt/experts/anna/.expert.json.swp" &&
	ls "$inbox/@TENDER/parse_rfp"'
ok 'every file has a handle' 'take && [ "$(wc -l <"$dir/paths")" -gt 100 ]'
ok 'a handle opens its file' 'opens'
ok 'a result is read by its handle' '
	fhandle take "$tasks/rfp/result.json" "$dir/result" && fhandle read "$mnt" "$dir/result" | cmp - "$tasks/rfp/result.json"'
rm "$mnt/experts/anna/.expert.json.swp"
take
ok 'also after the mount was made anew' 'mount_stop && mount_start && opens'
ok 'and its bytes are the same' 'fhandle read "$mnt" "$dir/result" | cmp - "$tasks/rfp/result.json"'
ok 'without a look-up of any name: first the handle, then the path' '
	cp "$tasks/rfp/result.json" "$dir/result.json" &&
	fhandle take "$inbox/folder/annex" "$dir/annex" &&
	row=$(stat -c %i "$inbox/folder/annex/a.pdf") && mount_stop && mount_start &&
	fhandle read "$mnt" "$dir/result" | cmp - "$dir/result.json" &&
	same "$row" "$(fhandle list "$mnt" "$dir/annex" a.pdf)" &&
	same "$(fhandle list "$mnt" "$dir/annex" ..)" "$(stat -c %i "$inbox/folder")"'
ok 'an entry is written by its handle' '
	fhandle take "$inbox/folder/annex/a.pdf" "$dir/a" && fhandle write "$mnt" "$dir/a" "other bytes" &&
	same "other bytes" "$(cat "$inbox/folder/annex/a.pdf")"'
ok 'also in the inbox of an engine, which is not listed' '
	mkdir "$inbox/@TENDER/parse_rfp/g" && echo bytes >"$inbox/@TENDER/parse_rfp/g/b.pdf" &&
	fhandle take "$inbox/@TENDER/parse_rfp/g/b.pdf" "$dir/b" && mount_stop && mount_start &&
	fhandle write "$mnt" "$dir/b" "other bytes" &&
	same "other bytes" "$(cat "$inbox/@TENDER/parse_rfp/g/b.pdf")"'
ok 'a file that is gone has no handle any more' '
	fhandle take "$inbox/folder/annex" "$dir/annex" && rm -r "$inbox/folder" &&
	must_fail ESTALE fhandle stat "$mnt" "$dir/a" && must_fail ESTALE fhandle stat "$mnt" "$dir/annex" &&
	mount_stop && mount_start && must_fail ESTALE fhandle stat "$mnt" "$dir/a"'
ok 'a number that never was is stale, not an error' '
	head -c 8 /dev/zero | dd of="$dir/a" bs=1 seek=8 conv=notrunc status=none &&
	must_fail ESTALE fhandle stat "$mnt" "$dir/a"'
done_testing
