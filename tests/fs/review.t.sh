#!/bin/bash
# Review: approve, reject, correct, retry, cancel; by a line, or by mv between the status directories.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq getfattr
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
put 100 "$mnt/engagements/default/review_threshold" || exit

# unsure NAME... - a task each that waits for review: nothing is sure enough for this engagement
unsure()
{
	local name

	for name; do
		sample "$inbox/$name.pdf" "$name" && wait_task "$name" needs_review || return 1
	done
}

# is NAME STATE - the task is in that state, wherever one looks
is()
{
	same "$2" "$(cat "$tasks/$1/status")" && same "$2" "$(jq -r .status "$tasks/$1/task.json")" &&
		same "../../engagements/default/tasks/$1" "$(readlink "$mnt/tasks/$2/$1")" &&
		same 1 "$(ls -d "$mnt"/tasks/*/"$1" | wc -l)"
}

# why NAME WORD - the last refusal has the word, in error and in the attribute alike
why()
{
	grep -F -e "$2" "$tasks/$1/error" && getfattr --only-values -n user.0711.error "$tasks/$1" | grep -F -e "$2"
}

ok 'confidence below the threshold waits for review' '
	unsure low && is low needs_review &&
	json_is "$tasks/low/task.json" ".requires_review and .ai_confidence == 88 and .ai_handled == \"partial\"" &&
	grep -F "waiting: confidence 88 is below" "$tasks/low/review"'
ok 'its result can be read already' 'json_is "$tasks/low/result.json" ".confidence == 88"'
ok 'approve' '
	put approve "$tasks/low/review" && is low completed && wait_task low completed &&
	grep "^approved by root at " "$tasks/low/review" &&
	json_is "$tasks/low/task.json" ".reviewed_by == \"root\" and .reviewed_at != null and .completed_at != null"'
ok 'its events tell it' '
	same "task.created task.started task.needs_review task.completed task.reviewed" "$(echo $(jq -r .type "$tasks/low/events.jsonl"))"'
ok 'approve with a word' '
	unsure word && put "approve checked by phone" "$tasks/word/review" && is word completed &&
	grep "checked by phone" "$tasks/word/review"'
ok 'reject with a reason' '
	unsure bad && put "reject wrong deadline" "$tasks/bad/review" && is bad failed &&
	grep "wrong deadline" "$tasks/bad/review" &&
	grep "rejected by root: wrong deadline" "$tasks/bad/error" &&
	json_is "$tasks/bad/task.json" ".review == \"wrong deadline\""'
ok 'echo does it too' 'unsure echoed && echo approve >"$tasks/echoed/review" && is echoed completed'
ok 'an unknown word is refused' '
	unsure more && must_fail EINVAL put perhaps "$tasks/more/review" && why more perhaps && why more approve &&
	is more needs_review'
ok 'what was decided cannot be decided again' '
	must_fail EPERM put approve "$tasks/low/review" && why low needs_review &&
	must_fail EPERM put "reject x" "$tasks/bad/review" && why bad needs_review &&
	is low completed && is bad failed'
ok 'a reason with signs is kept as it is' "
	put \"reject it's \\\"wrong\\\" – 50 % zu früh\" \"\$tasks/more/review\" &&
	same \"it's \\\"wrong\\\" – 50 % zu früh\" \"\$(jq -r .review \"\$tasks/more/task.json\")\""

# Corrections
ok 'a corrected result is taken' '
	unsure fix && cp "$tasks/fix/result.json" "$dir/former.json" &&
	jq ".title.value = \"What it is really called\"" "$dir/former.json" >"$dir/fixed.json" &&
	cp "$dir/fixed.json" "$tasks/fix/result.json" && cmp "$dir/fixed.json" "$tasks/fix/result.json"'
ok 'the former is kept' 'cmp "$dir/former.json" "$tasks/fix/result.1.json" && ls "$tasks/fix" | grep -x result.1.json'
ok 'the former cannot be written' '
	must_fail EPERM op put "$tasks/fix/result.1.json" "{}" || must_fail EACCES op put "$tasks/fix/result.1.json" "{}"'
ok 'the task still waits, and its output_data is the correction' '
	is fix needs_review &&
	json_is "$tasks/fix/task.json" ".output_data.title.value == \"What it is really called\""'
ok 'a second correction keeps both' '
	jq ".title.value = \"Or this\"" "$dir/former.json" >"$dir/again.json" &&
	cp "$dir/again.json" "$tasks/fix/result.json" &&
	cmp "$dir/again.json" "$tasks/fix/result.json" && cmp "$dir/fixed.json" "$tasks/fix/result.2.json" &&
	cmp "$dir/former.json" "$tasks/fix/result.1.json"'
ok 'a result that is no JSON is refused, the old one stays' '
	echo "{" >"$dir/broken.json" && must_fail EINVAL cp "$dir/broken.json" "$tasks/fix/result.json" &&
	why fix JSON && cmp "$dir/again.json" "$tasks/fix/result.json"'
ok 'one that is not of the tool'\''s shape too' '
	jq ".confidence = \"high\"" "$dir/former.json" >"$dir/shape.json" &&
	must_fail EINVAL cp "$dir/shape.json" "$tasks/fix/result.json" && why fix confidence &&
	jq "del(.document)" "$dir/former.json" >"$dir/shape.json" &&
	must_fail EINVAL cp "$dir/shape.json" "$tasks/fix/result.json" && why fix document &&
	cmp "$dir/again.json" "$tasks/fix/result.json" && same 3 "$(ls "$tasks/fix" | grep -c "^result")"'
ok 'an editor may write it by a temporary file' '
	cp "$dir/fixed.json" "$tasks/fix/.result.json.swp" &&
	mv "$tasks/fix/.result.json.swp" "$tasks/fix/result.json" &&
	cmp "$dir/fixed.json" "$tasks/fix/result.json" && [ ! -e "$tasks/fix/.result.json.swp" ]'
ok 'a bad one is refused at the rename, and stays under its temporary name' '
	cp "$dir/broken.json" "$tasks/fix/result.json~" &&
	must_fail EBADMSG mv "$tasks/fix/result.json~" "$tasks/fix/result.json" && why fix JSON &&
	cmp "$dir/fixed.json" "$tasks/fix/result.json" && cmp "$dir/broken.json" "$tasks/fix/result.json~" &&
	rm "$tasks/fix/result.json~"'
ok 'approved with the correction' '
	put approve "$tasks/fix/review" && is fix completed && cmp "$dir/fixed.json" "$tasks/fix/result.json"'
ok 'a closed result cannot be corrected' '
	must_fail EPERM cp "$dir/again.json" "$tasks/fix/result.json" && why fix needs_review &&
	cmp "$dir/fixed.json" "$tasks/fix/result.json"'
ok 'a duplicate is answered by the engine'\''s own result, not by the correction' '
	sample "$inbox/fix2.pdf" fix && wait_task fix2 needs_review && cmp "$dir/former.json" "$tasks/fix2/result.json"'

# mv is the verb
ok 'mv to completed approves' '
	unsure mv1 && mv "$mnt/tasks/needs_review/mv1" "$mnt/tasks/completed/" && is mv1 completed &&
	json_is "$tasks/mv1/task.json" ".reviewed_by == \"root\""'
ok 'mv to failed rejects' 'unsure mv2 && mv "$mnt/tasks/needs_review/mv2" "$mnt/tasks/failed/" && is mv2 failed'
ok 'mv to todo retries' '
	mv "$mnt/tasks/failed/mv2" "$mnt/tasks/todo/" && wait_task mv2 needs_review &&
	json_is "$tasks/mv2/task.json" ".reviewed_by == null and .answered_from == null"'
ok 'mv to cancelled cancels' 'mv "$mnt/tasks/needs_review/mv2" "$mnt/tasks/cancelled/" && is mv2 cancelled'
ok 'mv from completed to failed is refused' '
	must_fail EPERM mv "$mnt/tasks/completed/mv1" "$mnt/tasks/failed/" && why mv1 completed && is mv1 completed'
ok 'mv from completed to cancelled too' '
	must_fail EPERM mv "$mnt/tasks/completed/mv1" "$mnt/tasks/cancelled/" && is mv1 completed'
ok 'mv to in_progress and to needs_review: it gets there by itself' '
	must_fail EPERM mv "$mnt/tasks/completed/mv1" "$mnt/tasks/in_progress/" && why mv1 in_progress &&
	must_fail EPERM mv "$mnt/tasks/completed/mv1" "$mnt/tasks/needs_review/" && why mv1 needs_review &&
	is mv1 completed'
ok 'a link keeps its name' '
	must_fail EPERM mv "$mnt/tasks/completed/mv1" "$mnt/tasks/completed/other" && is mv1 completed'
ok 'a link cannot leave' 'must_fail EPERM op rename "$mnt/tasks/completed/mv1" "$mnt/experts/mv1" && is mv1 completed'
ok 'no link can be made' '
	must_fail EPERM op symlink ../../engagements/default/tasks/mv1 "$mnt/tasks/completed/extra" &&
	must_fail EPERM op create "$mnt/tasks/completed/extra"'

# What is being worked on
ok 'while it is worked on, a decision is refused: EBUSY' '
	engines_stop && sample "$inbox/busy.pdf" busy &&
	eventually "[ \"\$(cat $tasks/busy/status)\" = in_progress ]" &&
	must_fail EBUSY put approve "$tasks/busy/review" && why busy in_progress &&
	must_fail EBUSY mv "$mnt/tasks/in_progress/busy" "$mnt/tasks/completed/" &&
	must_fail EBUSY mv "$mnt/tasks/in_progress/busy" "$mnt/tasks/failed/" &&
	must_fail EBUSY mv "$mnt/tasks/in_progress/busy" "$mnt/tasks/todo/" &&
	must_fail EBUSY put retry "$tasks/busy/ctl" && is busy in_progress'
ok 'cancel ends it' '
	put cancel "$tasks/busy/ctl" && wait_task busy cancelled && is busy cancelled &&
	[ -s "$tasks/busy/input/busy.pdf" ]'
engines_go
ok 'the worker is free again' 'unsure next'
ok 'a cancelled task stays cancelled' '
	must_fail EPERM put cancel "$tasks/busy/ctl" && why busy cancelled && is busy cancelled'
ok 'until it is retried' 'put retry "$tasks/busy/ctl" && wait_task busy needs_review'
ok 'a retry of what needs review begins anew' '
	put retry "$tasks/busy/ctl" && wait_task busy needs_review &&
	json_is "$tasks/busy/task.json" ".attempts == 1" &&
	same 2 "$(jq -r .type "$tasks/busy/events.jsonl" | grep -c task.retried)"'
ok 'and keeps the former result' '
	[ -s "$tasks/busy/result.1.json" ] && json_is "$tasks/busy/result.json" ".confidence == 88"'
ok 'run chooses the engine' '
	put "run TENDER/parse_rfp" "$tasks/busy/ctl" && wait_task busy needs_review &&
	put "run TENDER" "$tasks/busy/ctl" && wait_task busy needs_review'
ok 'an engine that is not there is refused' '
	must_fail EINVAL put "run NOBODY" "$tasks/busy/ctl" && why busy NOBODY &&
	must_fail EINVAL put "run TENDER/nothing" "$tasks/busy/ctl" && why busy nothing && is busy needs_review'
ok 'run needs an engine' 'must_fail EINVAL put run "$tasks/busy/ctl" && why busy run'
ok 'an unknown command is refused' '
	must_fail EINVAL put explode "$tasks/busy/ctl" && why busy explode && why busy retry'
ok 'a task in todo can be cancelled by mv' '
	exec 9>"$inbox/early.pdf" && sample "$dir/early.pdf" early && cat "$dir/early.pdf" >&9 && is early todo &&
	must_fail EPERM put approve "$tasks/early/review" &&
	mv "$mnt/tasks/todo/early" "$mnt/tasks/cancelled/" && is early cancelled && exec 9>&-'

# Other lines that people write
ok 'priority, title, due and description can be written' '
	put high "$tasks/busy/priority" && put "A better title" "$tasks/busy/title" &&
	put 2027-03-01T12:00:00Z "$tasks/busy/due" && put "in words" "$tasks/busy/description" &&
	json_is "$tasks/busy/task.json" ".priority == \"high\" and .title == \"A better title\" and .due_date == \"2027-03-01T12:00:00.000Z\" and .description == \"in words\"" &&
	same high "$(cat "$tasks/busy/priority")" && same "A better title" "$(cat "$tasks/busy/title")"'
ok 'bad values are refused' '
	must_fail EINVAL put huge "$tasks/busy/priority" && why busy priority &&
	must_fail EINVAL put soon "$tasks/busy/due" && same high "$(cat "$tasks/busy/priority")"'
ok 'task.json takes them as a document' '
	jq "{title: \"By document\", priority: \"low\"}" -n >"$dir/task.json" &&
	cp "$dir/task.json" "$tasks/busy/task.json" &&
	json_is "$tasks/busy/task.json" ".title == \"By document\" and .priority == \"low\""'
ok 'but not what is not to be written' '
	echo "{\"status\": \"completed\"}" >"$dir/task.json" &&
	must_fail EPERM cp "$dir/task.json" "$tasks/busy/task.json" && why busy status && is busy needs_review'
ok 'status is read only' 'must_fail EACCES op put "$tasks/busy/status" "completed
" || must_fail EPERM op put "$tasks/busy/status" "completed
"; is busy needs_review'
ok 'a threshold below lets it pass' '
	put 80 "$mnt/engagements/default/review_threshold" && put retry "$tasks/busy/ctl" &&
	wait_task busy completed && json_is "$tasks/busy/task.json" ".requires_review == false"'
done_testing
