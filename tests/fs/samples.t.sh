#!/bin/bash
# Real documents, all dropped at once: each task ends, each result is valid, each quote stands on its page.
# They lie beside the source directory, or in FS0711_SAMPLES.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq pdftotext
samples=${FS0711_SAMPLES:-$top/../shared/samples}
[ -e "$samples/labels.json" ] || skip "there are no samples at $samples"
check=$build/tests/tender/check-result
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
export FS0711_TEST_TASK_SECONDS=240

ok 'all are dropped at once' '
	for file in "$samples"/*.pdf "$samples"/*.docx; do
		[ ! -e "$file" ] || { cp "$file" "$inbox/" & copies="${copies:-} $!"; }
	done
	for copy in $copies; do wait $copy || return 1; done'
for file in "$samples"/*.pdf "$samples"/*.docx; do
	[ -e "$file" ] || continue
	name=${file##*/}
	task=$tasks/${name%.*}
	ok "$name ends" '
		wait_task "$task" needs_review >"$dir/end" || true; grep -qxE "completed|needs_review|failed" "$task/status" &&
		cmp "$file" "$task/input/$name"'
	if [ -e "$task/result.json" ]; then
		ok "its result is valid and its quotes stand" '
			jq "{result: {structuredContent: .}}" "$task/result.json" | "$check" "$top/mcps/tender/manifest.json" "$file"'
		ok "its result has every field, and each says how sure it is and where it stands" 'json_is "$task/result.json" ". as \$r |
			([\"title\", \"issuer\", \"reference_number\", \"issue_date\", \"submission_deadline\", \"questions_deadline\", \"contract_duration\", \"budget\",
				\"evaluation_criteria\", \"submission_method\", \"contact\", \"eligibility\"] | all(. as \$k | (\$r | has(\$k)) and
				([\$r[\$k] | arrays[], objects] | all(.confidence >= 0 and .confidence <= 100 and .page >= 1 and (.quote | length > 0))))) and
			(.requirements | all(.level | IN(\"must\", \"should\", \"may\"))) and .document.sha256 == \"$(sha_of "$file")\" and .confidence >= 0 and .confidence <= 100"'
		ok "its output stands beside it" '
			[ -s "$task/output/summary.md" ] && [ -s "$task/output/requirements.csv" ] &&
			[ -s "$task/output/deadlines.ics" ]'
	else
		ok "it says why it has no result" '
			same failed "$(cat "$task/status")" && [ -s "$task/error" ] && cat "$task/error"'
	fi
done
ok 'no task is left' 'same "" "$(ls "$mnt/tasks/todo" "$mnt/tasks/in_progress" | grep -v :)"'
done_testing
