#!/bin/bash
# A folder of documents: it submits itself when nobody writes in it any more, or at once on command.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
pdf=$dir/rfp.pdf
sample "$pdf"
for name in one two three four; do
	sample "$dir/$name.pdf" "$name"
done

quiet()
{
	put "$1" "$mnt/settings/folder_quiet_s"
}

ok 'a folder of documents becomes one task when it has been quiet for a while' '
	quiet 1 && mkdir "$inbox/tender" && cp "$pdf" "$dir/one.pdf" "$inbox/tender/" && [ ! -e "$tasks/tender" ] &&
	eventually "[ -e \"$tasks/tender\" ]" && wait_task tender'
ok 'with all documents' '
	same "one.pdf rfp.pdf" "$(echo $(ls "$tasks/tender/input"))" &&
	cmp "$dir/one.pdf" "$tasks/tender/input/one.pdf" &&
	json_is "$tasks/tender/result.json" "[.files[].file] | sort == [\"one.pdf\", \"rfp.pdf\"]"'
ok 'no file of it became a task' 'same "inbox tender" "$(echo $(ls "$tasks"))"'
ok 'the folder has left the inbox, its receipt stays' '
	eventually "[ ! -e \"$inbox/tender\" ]" && json_is "$inbox/tender.receipt.json" "
	.path == \"engagements/default/tasks/tender\" and .task == \"$(jq -r .id "$tasks/tender/task.json")\" and .size == $(($(stat -c %s "$pdf") + $(stat -c %s "$dir/one.pdf")))"'
ok 'cp -r drops a folder, with folders in it' '
	mkdir -p "$dir/deep/annex/a" && cp "$pdf" "$dir/deep/" && cp "$dir/two.pdf" "$dir/deep/annex/a/" &&
	cp -r "$dir/deep" "$inbox/" &&
	eventually "[ -e \"$tasks/deep\" ]" && wait_task deep &&
	cmp "$dir/two.pdf" "$tasks/deep/input/annex/a/two.pdf" &&
	diff -r "$dir/deep" "$tasks/deep/input"'
quiet 3600
ok 'submit does it at once' '
	mkdir "$inbox/now" && cp "$pdf" "$inbox/now/" && put submit "$inbox/now/ctl" && [ -e "$tasks/now" ] &&
	wait_task now && cmp "$pdf" "$tasks/now/input/rfp.pdf"'
ok 'ctl answers, but is not listed' '
	mkdir "$inbox/hidden" && same "" "$(ls -A "$inbox/hidden")" && same 0 "$(stat -c %s "$inbox/hidden/ctl")" &&
	rmdir "$inbox/hidden"'
ok 'an unknown word in ctl is refused' '
	mkdir "$inbox/word" && must_fail EINVAL put frobnicate "$inbox/word/ctl" &&
	op getxattr "$inbox" user.0711.error | grep -F frobnicate && rmdir "$inbox/word"'
ok 'an empty folder cannot be submitted' '
	mkdir "$inbox/none" && must_fail ENODATA put submit "$inbox/none/ctl" &&
	op getxattr "$inbox" user.0711.error | grep -F none'
ok 'a folder of empty folders neither' 'mkdir "$inbox/none/in" && must_fail ENODATA put submit "$inbox/none/ctl"'
ok 'temporary names in a folder are no documents' '
	cp "$pdf" "$inbox/none/.rfp.pdf.x7" && must_fail ENODATA put submit "$inbox/none/ctl"'
ok 'renamed, one is' '
	mv "$inbox/none/.rfp.pdf.x7" "$inbox/none/rfp.pdf" && put submit "$inbox/none/ctl" && wait_task none &&
	same "in rfp.pdf" "$(echo $(ls -A "$tasks/none/input"))"'
ok 'an empty folder never submits itself, nor does one with a writer in it' '
	quiet 1 && mkdir "$inbox/void" "$inbox/busy" "$inbox/busy/below" && exec 9>"$inbox/busy/below/x.pdf" &&
	cat "$pdf" >&9 &&
	mkdir "$inbox/after" && cp "$pdf" "$inbox/after/" && eventually "[ -e \"$tasks/after\" ]" &&
	mkdir "$inbox/after2" && cp "$pdf" "$inbox/after2/" && eventually "[ -e \"$tasks/after2\" ]" &&
	[ ! -e "$tasks/void" ] && [ ! -e "$tasks/busy" ]'
ok 'when the writer has gone, it does' '
	exec 9>&- && eventually "[ -e \"$tasks/busy\" ]" && wait_task busy &&
	cmp "$pdf" "$tasks/busy/input/below/x.pdf"'
rmdir "$inbox/void"

ok 'a file that comes later restarts the task' '
	engines_stop && quiet 3600 && mkdir "$inbox/late" && cp "$dir/three.pdf" "$inbox/late/" &&
	put submit "$inbox/late/ctl" &&
	eventually "[ \"\$(cat $tasks/late/status)\" = in_progress ]" && id=$(jq -r .id "$tasks/late/task.json") &&
	quiet 1 && cp "$dir/four.pdf" "$inbox/late/" && engines_go && wait_task late &&
	same "$id" "$(jq -r .id "$tasks/late/task.json")" &&
	same "four.pdf three.pdf" "$(echo $(ls "$tasks/late/input"))" &&
	json_is "$tasks/late/result.json" "[.files[].file] | sort == [\"four.pdf\", \"three.pdf\"]"'
engines_go
ok 'submitted a second time is refused' '
	engines_stop; quiet 3600 && mkdir "$inbox/twice" && sample "$inbox/twice/a.pdf" twice &&
	put submit "$inbox/twice/ctl" &&
	must_fail EALREADY put submit "$inbox/twice/ctl"'
ok 'removing the folder cancels the work, the input stays' '
	rm -r "$inbox/twice" && wait_task twice cancelled && [ ! -e "$inbox/twice" ] &&
	[ ! -e "$inbox/twice.receipt.json" ] &&
	same a.pdf "$(ls "$tasks/twice/input")" && [ -s "$tasks/twice/input/a.pdf" ]'
engines_go

ok 'a folder that is not empty cannot be removed by rmdir' '
	mkdir "$inbox/full" && cp "$pdf" "$inbox/full/" && must_fail ENOTEMPTY rmdir "$inbox/full"'
ok 'a folder may be renamed before it is submitted' '
	mv "$inbox/full" "$inbox/renamed" && put submit "$inbox/renamed/ctl" && wait_task renamed &&
	[ ! -e "$tasks/full" ]'
ok 'rm -r takes back a folder that was not submitted' '
	cp -r "$dir/deep" "$inbox/back" && rm -r "$inbox/back" && [ ! -e "$inbox/back" ] && [ ! -e "$tasks/back" ]'
ok 'files in a folder may be renamed, written again and removed' '
	mkdir "$inbox/edit" && cp "$pdf" "$inbox/edit/a.pdf" && cp "$pdf" "$inbox/edit/b.pdf" &&
	mv "$inbox/edit/a.pdf" "$inbox/edit/c.pdf" &&
	cp "$dir/one.pdf" "$inbox/edit/c.pdf" && rm "$inbox/edit/b.pdf" && same c.pdf "$(ls "$inbox/edit")" &&
	cmp "$dir/one.pdf" "$inbox/edit/c.pdf" &&
	put submit "$inbox/edit/ctl" && wait_task edit && same c.pdf "$(ls "$tasks/edit/input")" &&
	cmp "$dir/one.pdf" "$tasks/edit/input/c.pdf"'
ok 'a JSON file in a folder is a document, no request' '
	mkdir "$inbox/json" && cp "$pdf" "$inbox/json/" && echo "{\"no\": \"request\"}" >"$inbox/json/data.json" &&
	put submit "$inbox/json/ctl" &&
	wait_task json && same "data.json rfp.pdf" "$(echo $(ls "$tasks/json/input"))"'
ok 'a folder that waits outlives the daemon' '
	mkdir "$inbox/still" "$inbox/still/in" && cp "$pdf" "$inbox/still/in/" && quiet 1 && mount_stop &&
	mount_start &&
	eventually "[ -e \"$tasks/still\" ]" && wait_task still && cmp "$pdf" "$tasks/still/input/in/rfp.pdf"'
done_testing
