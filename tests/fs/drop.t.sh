#!/bin/bash
# Files dropped into an inbox: under every usual name, written again, removed, cut off. tools.t.sh has every program.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq setpriv
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
pdf=$dir/rfp.pdf
sample "$pdf"

# received NAME FILE - a receipt stands beside NAME and says what FILE holds; leaves the task's directory in $task
received()
{
	local receipt

	receipt=$(cat "$inbox/$1.receipt.json") || return 1
	task=$mnt/$(jq -r .path <<<"$receipt")
	same "$(sha_of "$2")" "$(jq -r .sha256 <<<"$receipt")" &&
		same "$(stat -c %s "$2")" "$(jq -r .size <<<"$receipt")" &&
		same "$1" "$(jq -r .file <<<"$receipt")" &&
		same "$(jq -r .task <<<"$receipt")" "$(jq -r .id "$task/task.json")" &&
		cmp "$2" "$task/input/$1"
}

# n_tasks - how many tasks there are
n_tasks()
{
	find "$tasks" -mindepth 1 -maxdepth 1 ! -name inbox | wc -l
}

ok 'cp: the receipt is there when cp returns' 'cp "$pdf" "$inbox/" && received rfp.pdf "$pdf"'
ok 'its task is named after the file' 'same "$tasks/rfp" "$task"'
ok 'wait prints the state in which it ends' 'wait_task rfp completed'
ok 'status, progress and error agree' '
	same completed "$(cat "$task/status")" && same "100 completed" "$(cat "$task/progress")" &&
	same "" "$(cat "$task/error")"'
ok 'the entry has left the inbox, the receipt stays' '
	eventually "[ ! -e \"$inbox/rfp.pdf\" ]" && same rfp.pdf.receipt.json "$(ls "$inbox")"'
ok 'task.json says what was done' 'json_is "$task/task.json" "
	.status == \"completed\" and .mcp == \"TENDER\" and .tool == \"parse_rfp\" and .ai_confidence >= 80 and .attempts == 1 and
	.priority == \"medium\" and .title == \"rfp\" and .duplicate_of == null and .error_message == null and
	.created_at <= .started_at and .started_at <= .completed_at and .seconds_used > 0"'
ok 'output_data in it is the result' 'jq -Se .output_data "$task/task.json" | cmp - <(jq -Se . "$task/result.json")'
ok 'result.json names the document' 'json_is "$task/result.json" "
	.document.file == \"rfp.pdf\" and .document.sha256 == \"$(sha_of "$pdf")\" and .confidence == 88 and
	.submission_deadline.value == \"2027-02-19T14:00\" and (.requirements | length) > 10"'
ok 'output/ holds a summary, the requirements and the deadlines' '
	same "deadlines.ics requirements.csv summary.md" "$(echo $(ls "$task/output"))" &&
	grep -q "^BEGIN:VCALENDAR" "$task/output/deadlines.ics" && grep -q "^# " "$task/output/summary.md" &&
	[ "$(wc -l <"$task/output/requirements.csv")" -gt 10 ]'
ok 'events.jsonl tells its life' '
	same "task.created task.started task.completed" "$(echo $(jq -r .type "$task/events.jsonl"))"'
ok 'tasks/completed links to it' 'same ../../engagements/default/tasks/rfp "$(readlink "$mnt/tasks/completed/rfp")"'

ok 'the same bytes again are a task of their own, answered from the stored result' '
	cp "$pdf" "$inbox/again.pdf" && wait_task again completed && json_is "$tasks/again/task.json" "
	.duplicate_of == \"$(jq -r .id "$tasks/rfp/task.json")\" and .answered_from == .duplicate_of" &&
	cmp "$tasks/rfp/output/summary.md" "$tasks/again/output/summary.md"'
ok 'retry works on it anew' '
	put retry "$tasks/again/ctl" && wait_task again completed &&
	json_is "$tasks/again/task.json" ".answered_from == null and .duplicate_of != null and .seconds_used > 0"'
ok 'a name that is taken is made unique' '
	cp "$pdf" "$inbox/" && received rfp.pdf "$pdf" && same "$tasks/rfp-2" "$task" && wait_task rfp-2 &&
	cp "$pdf" "$inbox/" && received rfp.pdf "$pdf" && same "$tasks/rfp-3" "$task" && wait_task rfp-3'

# Names
# named FILE TASK - a file of that name becomes a task of that name
named()
{
	cp "$pdf" "$inbox/$1" && received "${3:-$1}" "$pdf" && same "$tasks/$2" "$task" && wait_task "$2" completed
}

long=$(printf '%0255d' 0 | tr 0 n)
wide=$(printf '%0125d' 0 | sed 's/0/ü/g')
ok 'a name with quotes and spaces' "named \"it's a \\\"big\\\" RFP.pdf\" \"it's a \\\"big\\\" RFP\""
ok 'a name with signs that shells know' 'named "\$HOME * [a] & <b> | c\\d.pdf" "\$HOME * [a] & <b> | c\\d"'
ok 'a name that begins with a dash' 'named "-rf.pdf" -rf'
ok 'a name without an ending' 'named README README'
ok 'only the last ending goes' 'named "v1.2.tar.gz" v1.2.tar'
ok 'an @ becomes a dash: it marks the engagement elsewhere' 'named "a@b.pdf" a-b'
ok 'a file may be called inbox' 'named inbox.pdf inbox-2'
ok 'umlauts in NFC' 'named $(printf "F\303\274r.pdf") $(printf "F\303\274r")'
ok 'umlauts in NFD are the same name' '
	named $(printf "Fu\314\210r.pdf") $(printf "F\303\274r-2") $(printf "F\303\274r.pdf") &&
	[ -e "$tasks/$(printf "Fu\314\210r")" ]'
ok 'a name of 255 bytes' '
	cp "$pdf" "$inbox/${long:0:251}.pdf" && wait_task "${long:0:251}" completed &&
	cmp "$pdf" "$tasks/${long:0:251}/input/${long:0:251}.pdf"'
ok 'its receipt has a name that was cut' '
	receipt=$(ls "$inbox" | grep "^nnn.*~.*[.]receipt[.]json$") && [ "${#receipt}" -le 255 ] &&
	json_is "$inbox/$receipt" ".file == \"${long:0:251}.pdf\""'
ok 'the second of it has a number' '
	cp "$pdf" "$inbox/${long:0:251}.pdf" && task=$(ls "$tasks" | grep "^nnn.*-2$") && wait_task "$task" completed'
ok 'a name of 254 bytes that are 129 characters' 'cp "$pdf" "$inbox/$wide.pdf" && wait_task "$wide" completed'
ok 'a name of 256 bytes is refused' 'must_fail ENAMETOOLONG cp "$pdf" "$inbox/n$long"'
ok 'a newline in a name is refused' '
	must_fail EINVAL cp "$pdf" "$inbox/a$(printf "\nb").pdf" && must_fail EINVAL op mkdir "$inbox/a$(printf "\nb")"'
ok 'a control character in a name is refused' 'must_fail EINVAL cp "$pdf" "$inbox/a$(printf "\033")b.pdf"'
ok 'a name that is not UTF-8 is refused' 'must_fail EILSEQ cp "$pdf" "$inbox/$(printf "\377").pdf"'
ok 'a name that begins with @ is refused: it would choose an engine' 'must_fail EINVAL cp "$pdf" "$inbox/@x.pdf"'
ok 'a link in an inbox is refused' '
	must_fail EPERM op symlink "$pdf" "$inbox/link.pdf" &&
	must_fail EPERM op link "$inbox/rfp.pdf.receipt.json" "$inbox/hard"'

# Temporary names
before=$(n_tasks)
ok 'temporary names never become tasks' '
	for name in .hidden.pdf .rfp.pdf.Xa8Kq2 x.pdf.part x.pdf~ "#x.pdf#" x.tmp x.crdownload x.pdf.filepart "~\$x.pdf" .~lock.x.pdf# 4913 x.lock Thumbs.db; do
		cp "$pdf" "$inbox/$name" && cmp "$pdf" "$inbox/$name" &&
		[ ! -e "$inbox/$name.receipt.json" ] || return 1
	done &&
	cp "$pdf" "$inbox/fence.pdf" && wait_task fence completed && same $((before + 1)) "$(n_tasks)"'
ok 'renamed, one does, at once' '
	mv "$inbox/x.pdf.part" "$inbox/renamed.pdf" && received renamed.pdf "$pdf" && wait_task renamed completed &&
	[ ! -e "$inbox/x.pdf.part" ]'
ok 'renamed while it is written, one waits for its writer' '
	exec 9>"$inbox/open.pdf.part" && head -c 1000 "$pdf" >&9 &&
	mv "$inbox/open.pdf.part" "$inbox/open.pdf" && tail -c +1001 "$pdf" >&9 && exec 9>&- &&
	eventually "[ -e \"$tasks/open\" ]" && received open.pdf "$pdf" && wait_task open completed'
ok 'removed, one is gone' 'rm "$inbox/x.tmp" && [ ! -e "$inbox/x.tmp" ] && must_fail ENOENT cat "$inbox/x.tmp"'
ok 'a rename over an entry replaces its bytes' '
	exec 9>"$inbox/over.pdf" && echo first >"$dir/first" && cat "$dir/first" >&9 &&
	received over.pdf "$dir/first" && id=$(jq -r .id "$task/task.json") &&
	cp "$pdf" "$inbox/.over.pdf.a1" && mv "$inbox/.over.pdf.a1" "$inbox/over.pdf" && exec 9>&- &&
	received over.pdf "$pdf" && wait_task "$task" completed'

# Written while nobody works on it yet: the writer that stays holds it in todo.
sample "$dir/second.pdf" second
sample "$dir/third.pdf" third
ok 'a task waits for the last writer' '
	exec 9>"$inbox/held.pdf" && cat "$pdf" >&9 && received held.pdf "$pdf" && held=$task &&
	same todo "$(cat "$held/status")" && [ -e "$inbox/held.pdf" ] &&
	same ../../engagements/default/tasks/held "$(readlink "$mnt/tasks/todo/held")"'
ok 'its entry holds the bytes' 'cmp "$pdf" "$inbox/held.pdf"'
ok 'written again in todo it stays the same task' '
	id=$(jq -r .id "$held/task.json") && cp "$dir/second.pdf" "$inbox/held.pdf" &&
	received held.pdf "$dir/second.pdf" &&
	same "$held" "$task" && same "$id" "$(jq -r .id "$held/task.json")" &&
	cmp "$dir/second.pdf" "$held/input/held.pdf"'
ok 'the former bytes are in input/.former' '
	same 1 "$(ls "$held/input/.former" | wc -l)" && cmp "$pdf" "$held/input/.former"/*'
ok 'it ends with the new bytes' '
	exec 9>&- && wait_task held completed &&
	json_is "$held/result.json" ".document.sha256 == \"$(sha_of "$dir/second.pdf")\"" &&
	eventually "[ ! -e \"$inbox/held.pdf\" ]"'

# Written while it is worked on: the engines stand still.
split -n 5 "$pdf" "$dir/piece."
ok 'what >> adds piece by piece is one task' '
	engines_stop && for piece in "$dir"/piece.*; do cat "$piece" >>"$inbox/append.pdf" || return 1; done &&
	received append.pdf "$pdf" && same "$tasks/append" "$task" && same 1 "$(ls -d "$tasks"/append* | wc -l)" &&
	engines_go && wait_task append completed'
ok 'what is made long first and then filled is one task' '
	engines_stop && truncate -s "$(stat -c %s "$pdf")" "$inbox/grown.pdf" &&
	dd if="$pdf" of="$inbox/grown.pdf" conv=notrunc bs=1k status=none && received grown.pdf "$pdf" &&
	same "$tasks/grown" "$task" && engines_go && wait_task grown completed'
engines_go
sample "$dir/fourth.pdf" fourth
ok 'a task is worked on' '
	engines_stop && cp "$dir/third.pdf" "$inbox/running.pdf" && received running.pdf "$dir/third.pdf" &&
	running=$task &&
	eventually "[ \$(cat $running/status) = in_progress ]" && [ -e "$inbox/running.pdf" ]'
ok 'written again it stays the same task and begins anew' '
	id=$(jq -r .id "$running/task.json") && cp "$dir/fourth.pdf" "$inbox/running.pdf" &&
	received running.pdf "$dir/fourth.pdf" &&
	same "$running" "$task" && same "$id" "$(jq -r .id "$running/task.json")" &&
	cmp "$dir/third.pdf" "$running/input/.former"/*'
ok 'it ends with the new bytes' '
	engines_go; wait_task running completed &&
	json_is "$running/result.json" ".document.sha256 == \"$(sha_of "$dir/fourth.pdf")\""'
ok 'after its end the same name is a new task' '
	cp "$pdf" "$inbox/running.pdf" && received running.pdf "$pdf" && same "$tasks/running-2" "$task" &&
	wait_task running-2 completed'

# Removed
sample "$dir/unwanted.pdf" unwanted
ok 'removing an entry cancels its task, whose input stays; the receipt goes' '
	engines_stop && cp "$dir/unwanted.pdf" "$inbox/unwanted.pdf" && received unwanted.pdf "$dir/unwanted.pdf" &&
	eventually "[ \$(cat $task/status) = in_progress ]" && rm "$inbox/unwanted.pdf" &&
	wait_task unwanted cancelled &&
	[ ! -e "$inbox/unwanted.pdf.receipt.json" ] && [ ! -e "$inbox/unwanted.pdf" ] &&
	cmp "$dir/unwanted.pdf" "$task/input/unwanted.pdf"'
engines_go
ok 'the same in todo' '
	exec 9>"$inbox/early.pdf" && cat "$pdf" >&9 && received early.pdf "$pdf" && rm "$inbox/early.pdf" &&
	wait_task early cancelled &&
	exec 9>&- && cmp "$pdf" "$task/input/early.pdf" && [ ! -e "$inbox/early.pdf.receipt.json" ]'
ok 'after it the same name is a new task' '
	cp "$pdf" "$inbox/early.pdf" && received early.pdf "$pdf" && same "$tasks/early-2" "$task" &&
	wait_task early-2 completed &&
	same cancelled "$(cat "$tasks/early/status")"'
ok 'a receipt may be removed when the work is over' '
	rm "$inbox/early.pdf.receipt.json" && [ ! -e "$inbox/early.pdf.receipt.json" ]'

# Empty
ok 'an empty file fails as an empty document' '
	: >"$inbox/empty.pdf" && eventually "[ -e \"$tasks/empty\" ]" && wait_task empty failed &&
	grep -i empty "$tasks/empty/error" && [ -f "$tasks/empty/input/empty.pdf" ]'
ok 'an empty file that is filled in time is one task' '
	put 60000 "$mnt/settings/empty_quiet_ms" && touch "$inbox/filled.pdf" &&
	eventually "[ -e \"$tasks/filled\" ]" &&
	cp "$pdf" "$inbox/filled.pdf" && received filled.pdf "$pdf" && same "$tasks/filled" "$task" &&
	wait_task filled completed &&
	same "" "$(ls "$task/input/.former")"'

# Cut off
# cut_off NAME COMMAND... - COMMAND, which reads $dir/pipe, is killed after it has written something to NAME
cut_off()
{
	local name=$1 writer

	shift
	rm -f "$dir/pipe"
	mkfifo "$dir/pipe"
	"$@" &
	writer=$!
	exec 8>"$dir/pipe"
	head -c 20000 "$pdf" >&8
	eventually "[ -s \"$inbox/$name\" ]" && kill -9 "$writer"
	wait "$writer"
	exec 8>&-
}

ok 'what a killed dd leaves is not submitted' '
	before=$(n_tasks) && cut_off killed.pdf dd if="$dir/pipe" of="$inbox/killed.pdf" bs=4k
	cp "$pdf" "$inbox/fence2.pdf" && wait_task fence2 completed && same $((before + 1)) "$(n_tasks)" &&
	[ ! -e "$inbox/killed.pdf.receipt.json" ] && [ -s "$inbox/killed.pdf" ]'
ok 'the inbox says so' 'op getxattr "$inbox" user.0711.error | grep -F killed.pdf'
ok 'what a killed cp leaves is not submitted' '
	before=$(n_tasks) && cut_off killed2.pdf cp "$dir/pipe" "$inbox/killed2.pdf"
	cp "$pdf" "$inbox/fence3.pdf" && wait_task fence3 completed && same $((before + 1)) "$(n_tasks)"'
ok 'written again it is' 'cp "$pdf" "$inbox/killed.pdf" && received killed.pdf "$pdf" && wait_task killed completed'
ok 'or removed' 'rm "$inbox/killed2.pdf" && [ ! -e "$inbox/killed2.pdf" ]'

# Into an inbox that chooses the engine
ok 'inbox/@TENDER/parse_rfp chooses the engine' '
	cp "$pdf" "$inbox/@TENDER/parse_rfp/chosen.pdf" && wait_task chosen completed &&
	json_is "$tasks/chosen/task.json" ".mcp == \"TENDER\" and .tool == \"parse_rfp\""'
ok 'an engine that is not there is no directory' '
	must_fail ENOENT ls "$inbox/@NOBODY" && must_fail ENOENT ls "$inbox/@TENDER/nothing"'
ok 'the chosen inbox is not listed' 'if ls "$inbox" | grep "^@"; then return 1; fi'

# Two users
if [ "$(id -u)" = 0 ] && chmod 755 "$dir" && as_nobody true 2>/dev/null; then
	ok 'another user may drop when the mount lets him' '
		mount_stop && mount_start -o allow_other && same 1777 "$(stat -c %a "$inbox")" && chmod 755 "$dir" &&
		chmod 644 "$dir"/*.pdf &&
		as_nobody cp "$pdf" "$inbox/nobody.pdf" && wait_task nobody completed && received nobody.pdf "$pdf"'
	ok 'the same name from two users is two tasks' '
		cp "$pdf" "$inbox/both.pdf" && received both.pdf "$pdf" && first=$task &&
		wait_task "$first" completed &&
		as_nobody cp "$pdf" "$inbox/both.pdf" && received both.pdf "$pdf" && [ "$first" != "$task" ] &&
		wait_task "$task" completed'
	for name in race race-2 race-3 own own-2; do
		sample "$dir/$name.pdf" "$name"
	done
	chmod 644 "$dir"/*.pdf
	ok 'the engines stand still' 'sample "$inbox/warm.pdf" warm && wait_task warm completed && engines_stop'
	ok 'also while the first is still in work' '
		as_nobody cp "$dir/race.pdf" "$inbox/race.pdf" && received race.pdf "$dir/race.pdf" &&
		cp "$dir/race-2.pdf" "$inbox/race.pdf" && received race.pdf "$dir/race-2.pdf" &&
		same "$tasks/race-2" "$task" &&
		as_nobody cp "$dir/race-3.pdf" "$inbox/race.pdf" && received race.pdf "$dir/race-3.pdf" &&
		same "$tasks/race-3" "$task"'
	ok 'what one dropped himself stays one task when he writes it again' '
		as_nobody cp "$dir/own.pdf" "$inbox/own.pdf" && received own.pdf "$dir/own.pdf" &&
		same "$tasks/own" "$task" &&
		as_nobody cp "$dir/own-2.pdf" "$inbox/own.pdf" && received own.pdf "$dir/own-2.pdf" &&
		same "$tasks/own" "$task"'
	ok 'and only he and the owner of the mount may remove it' '
		cp "$dir/own-2.pdf" "$inbox/root.pdf" && must_fail EPERM as_nobody rm -f "$inbox/root.pdf" &&
		as_nobody rm "$inbox/own.pdf" && wait_task own cancelled && rm "$inbox/root.pdf" &&
		wait_task root cancelled'
	engines_go
	ok 'each task has the bytes of its user' '
		for name in race race-2 race-3; do
			wait_task $name completed && cmp "$dir/$name.pdf" "$tasks/$name/input/race.pdf" || return 1
		done'
else
	pass_over 'two users' 'this needs root'
fi
ok 'the mount ends well' 'mount_stop'
done_testing
