#!/bin/bash
# Engagements: made, edited as a document or by single files, renamed, removed; and where their tasks are shown.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
all=$mnt/engagements
acme=$all/acme
pdf=$dir/rfp.pdf
sample "$pdf"

# edit FILTER - the engagement's document, changed by jq, in $dir/new.json
edit()
{
	jq "$1" "$acme/engagement.json" >"$dir/new.json"
}

# why WORD - the last refusal has the word, in error and in the attribute alike
why()
{
	grep -F -e "$1" "$acme/error" && op getxattr "$acme" user.0711.error | grep -F -e "$1"
}

ok 'there is one from the start' '
	same default "$(ls "$all")" &&
	json_is "$all/default/engagement.json" ".name == \"default\" and .status == \"active\""'
ok 'mkdir makes one with defaults' '
	mkdir "$acme" && json_is "$acme/engagement.json" "
	.name == \"acme\" and .status == \"active\" and .review_threshold == 80 and .expert_id == null and .customer_id == null and
	.created_by == \"root\" and (.id | length) == 36"'
ok 'its files' '
	same "customer_id description engagement.json error expert_id mcp review_threshold status tasks title tool" "$(echo $(ls "$acme"))"'
ok 'an inbox stands in it' 'same inbox "$(ls "$acme/tasks")"'
ok 'a second of that name is refused' 'must_fail EEXIST op mkdir "$acme"'
ok 'names with @, a dot in front or a newline are refused' '
	must_fail EINVAL op mkdir "$all/a@b" && must_fail EINVAL op mkdir "$all/.hidden" &&
	must_fail EINVAL op mkdir "$all/a
b" && must_fail EILSEQ op mkdir "$all/$(printf "\377")" && same "acme default" "$(echo $(ls "$all"))"'
ok 'quotes, spaces and umlauts are not' 'mkdir "$all/Müller & Söhne \"GmbH\"" && rmdir "$all/Müller & Söhne \"GmbH\""'
ok 'nothing but directories can be made there' '
	must_fail EPERM op create "$all/file" && must_fail EPERM op symlink x "$all/link"'

# Single files
ok 'a single file is read' '
	same 80 "$(cat "$acme/review_threshold")" && same active "$(cat "$acme/status")" &&
	same "" "$(cat "$acme/title")"'
ok 'and written' '
	put 60 "$acme/review_threshold" && same 60 "$(cat "$acme/review_threshold")" &&
	same 3 "$(stat -c %s "$acme/review_threshold")" &&
	echo "Tenders of Acme" >"$acme/title" && same "Tenders of Acme" "$(cat "$acme/title")" &&
	json_is "$acme/engagement.json" ".review_threshold == 60 and .title == \"Tenders of Acme\""'
ok 'a value out of range is refused' '
	must_fail ERANGE put 101 "$acme/review_threshold" && why review_threshold &&
	must_fail ERANGE put -1 "$acme/review_threshold" && same 60 "$(cat "$acme/review_threshold")"'
ok 'a value of another kind too' '
	must_fail EINVAL put many "$acme/review_threshold" && must_fail EINVAL put sleeping "$acme/status" &&
	why active && same active "$(cat "$acme/status")"'
ok 'an MCP that is not there' '
	must_fail EINVAL put NOBODY "$acme/mcp" && why NOBODY && put TENDER "$acme/mcp" &&
	put parse_rfp "$acme/tool" && same TENDER "$(cat "$acme/mcp")"'
ok 'an expert who is not there' 'must_fail EINVAL put nobody "$acme/expert_id" && why nobody'
ok 'text without a newline is judged when it is closed' '
	op put "$acme/review_threshold" 70 && same 70 "$(cat "$acme/review_threshold")" &&
	must_fail ERANGE op put "$acme/review_threshold" 1000'

# The document
ok 'cp over it' 'edit ".review_threshold = 55 | .description = \"By document\"" && cp "$dir/new.json" "$acme/engagement.json" &&
	same 55 "$(cat "$acme/review_threshold")" && same "By document" "$(cat "$acme/description")" &&
	same "" "$(cat "$acme/error")"'
ok 'a part of it is enough' '
	echo "{\"review_threshold\": 56}" >"$dir/new.json" && cp "$dir/new.json" "$acme/engagement.json" &&
	json_is "$acme/engagement.json" ".review_threshold == 56 and .description == \"By document\""'
ok 'in place, as vim and nano write' '
	edit ".review_threshold = 57" && dd if="$dir/new.json" of="$acme/engagement.json" bs=64 status=none &&
	same 57 "$(cat "$acme/review_threshold")"'
ok 'by a temporary file and a rename, as other editors do' '
	for temp in .engagement.json.swp .goutputstream-AB12C3 "engagement.json~" sedAb12Cd; do
		edit ".review_threshold = 58" && cp "$dir/new.json" "$acme/$temp" &&
		cmp "$dir/new.json" "$acme/$temp" &&
			mv "$acme/$temp" "$acme/engagement.json" && [ ! -e "$acme/$temp" ] || break
	done && [ ! -e "$acme/sedAb12Cd" ] && same 58 "$(cat "$acme/review_threshold")"'
ok 'one that was read before another change is refused' '
	cp "$acme/engagement.json" "$dir/old.json" && echo 58 >"$acme/review_threshold" &&
	must_fail EBUSY cp "$dir/old.json" "$acme/engagement.json"'
ok 'sed -i' '
	sed -i "s/\"review_threshold\": 58/\"review_threshold\": 59/" "$acme/engagement.json" &&
	same 59 "$(cat "$acme/review_threshold")"'
if type vim >/dev/null 2>&1; then
	ok 'vim' '
		vim -Nu NONE -es -c "%s/\"review_threshold\": 59/\"review_threshold\": 61/" -c wq "$acme/engagement.json" </dev/null &&
		same 61 "$(cat "$acme/review_threshold")" && ! ls -A "$acme" | grep -e "[.]sw" -e "~$"'
else
	pass_over 'vim' 'vim is not installed'
fi
cp "$acme/engagement.json" "$dir/good.json"
ok 'what is no JSON is refused when it is closed, the old one stays' '
	echo "{\"status\": " >"$dir/new.json" && must_fail EINVAL cp "$dir/new.json" "$acme/engagement.json" &&
	why JSON && cmp "$dir/good.json" "$acme/engagement.json"'
ok 'so is an unknown field' '
	echo "{\"treshold\": 7}" >"$dir/new.json" && must_fail EINVAL cp "$dir/new.json" "$acme/engagement.json" &&
	why treshold && cmp "$dir/good.json" "$acme/engagement.json"'
ok 'and a value that is wrong, whatever else is right' '
	edit ".title = \"New\" | .review_threshold = 500" &&
	must_fail ERANGE cp "$dir/new.json" "$acme/engagement.json" && why review_threshold &&
	cmp "$dir/good.json" "$acme/engagement.json"'
ok 'and an id: it cannot be changed' '
	edit ".id = \"mine\"" && must_fail EPERM cp "$dir/new.json" "$acme/engagement.json" && why id &&
	cmp "$dir/good.json" "$acme/engagement.json"'
ok 'and nothing at all' '
	: >"$dir/new.json" &&
	must_fail EINVAL cp "$dir/new.json" "$acme/engagement.json"; cmp "$dir/good.json" "$acme/engagement.json"'
ok 'at a rename the refusal is EBADMSG' '
	echo "{" >"$acme/.new" && must_fail EBADMSG mv "$acme/.new" "$acme/engagement.json" && why JSON &&
	cmp "$dir/good.json" "$acme/engagement.json" &&
	same "{" "$(cat "$acme/.new")" && rm "$acme/.new"'
ok 'a good one after it clears the error' '
	cp "$dir/good.json" "$acme/engagement.json" && same "" "$(cat "$acme/error")" &&
	must_fail ENODATA op getxattr "$acme" user.0711.error'
ok 'a reader sees one version' '
	cp "$acme/engagement.json" "$dir/good.json" && exec 8<"$acme/engagement.json" &&
	put 33 "$acme/review_threshold" && same "$(cat "$dir/good.json")" "$(cat <&8)" && exec 8<&- &&
	same 33 "$(cat "$acme/review_threshold")"'
ok 'other files cannot be made there, and its own not removed one by one' '
	must_fail EPERM op create "$acme/notes.txt" && must_fail EPERM op mkdir "$acme/dir" &&
	must_fail EPERM op rename "$acme/status" "$acme/state"'

# Its tasks
ok 'a task in its inbox is its own' '
	cp "$pdf" "$acme/tasks/inbox/" && wait_task "$acme/tasks/rfp" completed && json_is "$acme/tasks/rfp/task.json" "
	.engagement_id == \"$(jq -r .id "$acme/engagement.json")\"" && [ ! -e "$all/default/tasks/rfp" ] &&
	json_is "$acme/tasks/inbox/rfp.pdf.receipt.json" ".path == \"engagements/acme/tasks/rfp\""'
ok 'the link to it names its engagement' '
	same rfp@acme "$(ls "$mnt/tasks/completed")" &&
	same ../../engagements/acme/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp@acme")" &&
	cmp "$pdf" "$mnt/tasks/completed/rfp@acme/input/rfp.pdf"'
ok 'the same name in the default engagement goes without' '
	cp "$pdf" "$mnt/tasks/inbox/" && wait_task rfp completed &&
	same "rfp rfp@acme" "$(echo $(ls "$mnt/tasks/completed"))" &&
	must_fail ENOENT ls "$mnt/tasks/completed/rfp@default"'
ok 'the same bytes in another engagement are no duplicate' '
	json_is "$all/default/tasks/rfp/task.json" ".duplicate_of == null and .answered_from == null"'
ok 'links follow when it is renamed' '
	mv "$acme" "$all/apex" && acme=$all/apex && [ ! -e "$all/acme" ] &&
	same "rfp rfp@apex" "$(echo $(ls "$mnt/tasks/completed"))" &&
	same ../../engagements/apex/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp@apex")" &&
	must_fail ENOENT ls "$mnt/tasks/completed/rfp@acme" &&
	json_is "$acme/engagement.json" ".name == \"apex\"" &&
	json_is "$acme/tasks/inbox/rfp.pdf.receipt.json" ".path == \"engagements/apex/tasks/rfp\""'
ok 'a task may be renamed, and its link follows' '
	mv "$acme/tasks/rfp" "$acme/tasks/website" &&
	same "../../engagements/apex/tasks/website" "$(readlink "$mnt/tasks/completed/website@apex")" &&
	must_fail ENOENT ls "$mnt/tasks/completed/rfp@apex" &&
	json_is "$acme/tasks/website/task.json" ".name == \"website\""'
ok 'a task stays in its engagement' 'must_fail EPERM op rename "$acme/tasks/website" "$all/default/tasks/website"'
ok 'a name that is taken is refused' '
	mkdir "$all/other" && must_fail EEXIST op rename "$all/other" "$acme" &&
	must_fail EEXIST op rename2 "$all/other" "$acme"'
ok 'one with tasks cannot be removed' 'must_fail ENOTEMPTY rmdir "$acme" && why tasks && [ -e "$acme/tasks/website" ]'
ok 'nor with tasks in the trash' 'rm -r "$acme/tasks/website" && must_fail ENOTEMPTY rmdir "$acme" && why trash'
ok 'without any it can' 'rm -r "$mnt/.trash/website@apex" && rmdir "$acme" && [ ! -e "$acme" ]'
ok 'rm -r removes an empty one too' 'rm -r "$all/other" && same default "$(ls "$all")"'
acme=$all/acme
ok 'one that is not active takes nothing' '
	mkdir "$acme" && put paused "$acme/status" && must_fail EPERM cp "$pdf" "$acme/tasks/inbox/" &&
	op getxattr "$acme/tasks/inbox" user.0711.error | grep -F "acme" &&
	put active "$acme/status" && cp "$pdf" "$acme/tasks/inbox/" && wait_task "$acme/tasks/rfp" completed'

# The default engagement
ok 'the default cannot be removed' '
	mkdir "$all/spare" && must_fail EBUSY rmdir "$all/spare" || rmdir "$all/spare"; wait_task rfp &&
	rm -r "$all/default/tasks/rfp" && rm -r "$mnt/.trash/rfp@default" && must_fail EBUSY rmdir "$all/default"'
ok 'renamed, it stays the default' '
	mv "$all/default" "$all/home" && same home "$(cat "$mnt/settings/default_engagement")" &&
	cp "$pdf" "$mnt/tasks/inbox/" && wait_task "$all/home/tasks/rfp" completed &&
	same ../../engagements/home/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp")"'
ok 'another may become it, and the links change their names' '
	put acme "$mnt/settings/default_engagement" && same "rfp rfp@home" "$(echo $(ls "$mnt/tasks/completed"))" &&
	same ../../engagements/acme/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp")" &&
	same ../../engagements/home/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp@home")"'
ok 'the root inbox follows' 'cp "$pdf" "$mnt/tasks/inbox/second.pdf" && wait_task "$acme/tasks/second" completed'
ok 'one that is not there cannot' '
	must_fail EINVAL put nowhere "$mnt/settings/default_engagement" &&
	same acme "$(cat "$mnt/settings/default_engagement")"'
done_testing
