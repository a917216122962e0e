#!/bin/bash
# Requests: a JSON file dropped into an inbox says what is to be done, and with which document of the mount.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
pdf=$dir/rfp.pdf
sample "$pdf"
cp "$pdf" "$inbox/" && wait_task rfp completed >/dev/null
path=engagements/default/tasks/rfp/input/rfp.pdf

# request NAME JSON - drop it
request()
{
	printf '%s\n' "$2" >"$dir/$1.json" && cp "$dir/$1.json" "$inbox/"
}

# refused ERRNO WORD JSON - it is refused when it is closed, the sentence has the word, and no task came of it
refused()
{
	must_fail "$1" request bad "$3" && op getxattr "$inbox" user.0711.error | grep -F -e "$2" &&
		[ ! -e "$tasks/bad" ] && eventually '[ ! -e "$inbox/bad.json" ]' &&
		[ ! -e "$inbox/bad.json.receipt.json" ]
}

ok 'a request with everything' '
	request full "{\"mcp_id\": \"TENDER\", \"tool\": \"parse_rfp\", \"task_type\": \"rfp_analysis\", \"title\": \"The city website\",
		\"description\": \"Two\\nlines\", \"priority\": \"urgent\", \"due_date\": \"2027-02-19T22:00:00Z\", \"data\": {\"file_path\": \"$path\"}}" &&
	wait_task full completed && json_is "$tasks/full/task.json" "
	.mcp == \"TENDER\" and .tool == \"parse_rfp\" and .task_type == \"rfp_analysis\" and .title == \"The city website\" and
	.description == \"Two\\nlines\" and .priority == \"urgent\" and .due_date == \"2027-02-19T22:00:00.000Z\" and
	.input_data.file_path == \"$path\""'
ok 'its document is an input of its own' '
	cmp "$pdf" "$tasks/full/input/rfp.pdf" && json_is "$tasks/full/result.json" ".confidence == 88"'
ok 'the request itself is kept' '
	find "$tasks/full/input" -name full.json | grep . || [ -e "$tasks/full/input/full.json" ]'
ok 'its receipt names its task' '
	json_is "$inbox/full.json.receipt.json" ".task == \"$(jq -r .id "$tasks/full/task.json")\""'
ok 'the least that works' 'request least "{\"data\": {\"file_path\": \"$path\"}}" && wait_task least completed && json_is "$tasks/least/task.json" "
	.title == \"least\" and .priority == \"medium\" and .mcp == \"TENDER\""'
ok 'a path may begin at the root' '
	request rooted "{\"data\": {\"file_path\": \"$mnt/$path\"}}" && wait_task rooted completed'
ok 'a list names several, in their order' '
	sample "$dir/other.pdf" other && cp "$dir/other.pdf" "$inbox/" && wait_task other completed &&
	mkdir "$mnt/companies/acme" && request list "{\"data\": {\"file_path\": [\"engagements/default/tasks/other/input/other.pdf\", \"$path\",
		\"$mnt/$path\", \"companies/acme/profile.json\"]}}" && wait_task list &&
	same "2-rfp.pdf list.json other.pdf profile.json rfp.pdf" "$(echo $(ls "$tasks/list/input"))" &&
	same "{}" "$(cat "$tasks/list/input/profile.json")"'
ok 'a list of what is no path is refused' '
	refused EINVAL paths "{\"data\": {\"file_path\": [7]}}" && refused EINVAL none "{\"data\": {\"file_path\": [\"$path\", \"none\"]}}"'
ok 'an id may be given, once' '
	request mine "{\"id\": \"my-own-id\", \"data\": {\"file_path\": \"$path\"}}" && wait_task mine completed &&
	json_is "$tasks/mine/task.json" ".id == \"my-own-id\"" &&
	must_fail EEXIST request mine2 "{\"id\": \"my-own-id\", \"data\": {\"file_path\": \"$path\"}}"'
ok 'a request without a document fails with a sentence' '
	request none "{\"title\": \"nothing\"}" && wait_task none failed && [ -s "$tasks/none/error" ]'
ok 'a request outlives the document that it names' '
	cp "$pdf" "$inbox/gone.pdf" && wait_task gone completed &&
	request keeps "{\"data\": {\"file_path\": \"engagements/default/tasks/gone/input/gone.pdf\"}}" &&
	wait_task keeps completed && rm -r "$tasks/gone" && rm -r "$mnt/.trash"/gone* &&
	cmp "$pdf" "$tasks/keeps/input/gone.pdf"'

ok 'what is no JSON is refused' 'refused EINVAL JSON "{\"title\": "'
ok 'so is a list' 'refused EINVAL object "[]"'
ok 'an unknown key' 'refused EINVAL titel "{\"titel\": \"x\"}"'
ok 'a key that comes twice' 'refused EINVAL title "{\"title\": \"x\", \"title\": \"y\"}"'
ok 'an unknown MCP' 'refused EINVAL NOBODY "{\"mcp_id\": \"NOBODY\"}"'
ok 'an unknown tool' 'refused EINVAL nothing "{\"mcp_id\": \"TENDER\", \"tool\": \"nothing\"}"'
ok 'an unknown priority' 'refused EINVAL priority "{\"priority\": \"huge\"}"'
ok 'a date that is none' 'refused EINVAL due_date "{\"due_date\": \"soon\"}"'
ok 'a title that is a number' 'refused EINVAL title "{\"title\": 7}"'
ok 'data that is no object' 'refused EINVAL data "{\"data\": \"x\"}"'
ok 'a file that is not there' '
	refused EINVAL "none.pdf" "{\"data\": {\"file_path\": \"engagements/default/tasks/rfp/input/none.pdf\"}}"'
ok 'a file outside of the mount' '
	refused EINVAL "$pdf" "{\"data\": {\"file_path\": \"$pdf\"}}" &&
	refused EINVAL /etc/passwd "{\"data\": {\"file_path\": \"/etc/passwd\"}}"'
ok 'a way out of the mount' '
	refused EINVAL .. "{\"data\": {\"file_path\": \"engagements/../../../../../../etc/passwd\"}}"'
ok 'a file that is no document' '
	refused EINVAL status "{\"data\": {\"file_path\": \"engagements/default/tasks/rfp/status\"}}"'
ok 'a directory' 'refused EINVAL input "{\"data\": {\"file_path\": \"engagements/default/tasks/rfp/input\"}}"'
ok 'bytes that are not UTF-8' 'refused EINVAL UTF-8 "{\"title\": \"$(printf "\377")\"}"'
ok 'an empty request fails as an empty document' '
	put 100 "$mnt/settings/empty_quiet_ms" && : >"$inbox/empty.json" && eventually "[ -e \"$tasks/empty\" ]" &&
	wait_task empty failed && [ -s "$tasks/empty/error" ]'
ok 'refused, a request can be mended' '
	must_fail EINVAL request mend "{" && request mend "{\"data\": {\"file_path\": \"$path\"}}" &&
	wait_task mend completed'
ok 'the same document asked for again is answered from the stored result' '
	request again "{\"data\": {\"file_path\": \"$path\"}}" && wait_task again completed &&
	json_is "$tasks/again/task.json" ".answered_from != null"'
ok 'in an inbox that chose the engine a request cannot choose another' '
	must_fail EINVAL cp "$dir/bad.json" "$inbox/@TENDER/bad.json"; request ok "{\"mcp_id\": \"TENDER\", \"data\": {\"file_path\": \"$path\"}}" &&
	cp "$dir/ok.json" "$inbox/@TENDER/parse_rfp/chosen.json" && wait_task chosen completed'
done_testing
