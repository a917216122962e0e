#!/bin/bash
# TENDER's other tools through a mount: documents and requests are dropped, answers are files.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq unzip xmllint zip
mkdoc=$build/tests/tender/docs/mkdoc
[ -x "$mkdoc" ] || skip 'libpango is not installed, so there are no documents'
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
for name in state-library-platform-rfp state-library-platform-rfp-amended de-eforms-rettungswagen-bekanntmachung; do
	"$mkdoc" "$top/tests/tender/docs/$name.txt" "$dir/$name.pdf" "$dir/$name.labels" || exit 99
done
notice=$dir/de-eforms-rettungswagen-bekanntmachung.pdf
old=$dir/state-library-platform-rfp.pdf new=$dir/state-library-platform-rfp-amended.pdf

# drop TOOL NAME FILE... - a folder of these files becomes a task of that name
drop()
{
	local tool=$1 name=$2

	shift 2
	mkdir "$inbox/@TENDER/$tool/$name" && cp "$@" "$inbox/@TENDER/$tool/$name/" &&
		echo submit >"$inbox/@TENDER/$tool/$name/ctl"
}

# request TOOL NAME DATA - the same for documents that the mount has already
request()
{
	printf '{"mcp_id": "TENDER", "tool": "%s", "data": %s}\n' "$1" "$3" >"$dir/$2.json" && cp "$dir/$2.json" "$inbox/"
}

# ended NAME - the task has a result, reviewed or not
ended()
{
	wait_task "$1" needs_review || [ -e "$tasks/$1/result.json" ]
}

# said NAME FILTER - jq finds it true of the task's result
said()
{
	json_is "$tasks/$1/result.json" "$2"
}

ok 'each schema has all that it refers to, and each tool an example' '
	json_is "$top/mcps/tender/manifest.json" "all(.tools[]; . as \$t | (.inputSchema.examples | length) > 0 and
		([.outputSchema | .. | objects | .[\"\$ref\"]? // empty | ltrimstr(\"#/\$defs/\")] |
			all(. as \$name | \$t.outputSchema[\"\$defs\"] | has(\$name))))"'
ok 'requirements are listed with ids of their own' '
	cp "$old" "$inbox/@TENDER/extract_requirements/list.pdf" && ended list &&
	said list "(.requirements | length) > 20 and ([.requirements[].id] | length == (unique | length)) and
		.counts.must + .counts.should + .counts.may == (.requirements | length)" &&
	[ "$(head -c 3 "$tasks/list/output/requirements.csv")" = id, ]'
ok 'ids last when the document is amended' '
	cp "$new" "$inbox/@TENDER/extract_requirements/list2.pdf" && ended list2 &&
	jq -r ".requirements[] | select(.text | contains(\"two trainers of each member\")).id" \
		"$tasks/list/result.json" "$tasks/list2/result.json" >"$dir/ids" &&
	same 2 "$(wc -l <"$dir/ids")" && same 1 "$(uniq "$dir/ids" | wc -l)"'

ok 'a matrix is a table and a workbook' '
	cp "$old" "$inbox/@TENDER/compliance_matrix/matrix.pdf" && ended matrix &&
	cp "$tasks/matrix/output/compliance-matrix.csv" "$tasks/matrix/output/compliance-matrix.xlsx" "$dir/" &&
	same "id,page,level,category,text,answer,owner,note,section" "$(head -n 1 "$dir/compliance-matrix.csv" | tr -d "\r")"'
ok 'the workbook is whole, and its parts are XML' '
	unzip -q -o -d "$dir/book" "$dir/compliance-matrix.xlsx" && find "$dir/book" -type f -exec xmllint --noout {} + &&
	sheet=$dir/book/xl/worksheets/sheet1.xml && grep -q "<pane ySplit=\"1\"" "$sheet" &&
	grep -q "<autoFilter ref=\"A1:" "$sheet" && grep -q "<formula1>\"yes,no,partly\"</formula1>" "$sheet" &&
	! grep -q "<f>" "$sheet" &&
	same "$(jq ".rows | length" "$tasks/matrix/result.json")" "$(($(grep -o "<row " "$sheet" | wc -l) - 1))"'
ok 'answers are kept when the document is amended' '
	{ sed -n 1p "$dir/compliance-matrix.csv"; sed 1d "$dir/compliance-matrix.csv" | sed "s/,,,,\([^,]*\)$/,yes,Anna,,\1/"; } >"$dir/filled.csv" &&
	drop compliance_matrix again "$dir/filled.csv" "$new" && ended again &&
	said again ".former == \"filled.csv\" and .changes.same > 20 and .changes.changed >= 2 and .changes.new >= 1 and
		([.rows[] | select(.change == \"same\") | .answer] | unique) == [\"yes\"] and
		([.rows[] | select(.change != \"removed\") | .answer // empty] | length) == .changes.same and
		([.rows[] | select(.change == \"changed\")][0] | .owner == \"Anna\" and .former_answer == \"yes\")"'
ok 'a workbook is taken for a filled-in matrix too' '
	drop compliance_matrix book "$dir/compliance-matrix.xlsx" "$new" && ended book &&
	said book ".former == \"compliance-matrix.xlsx\" and .changes.same > 20"'
ok 'a matrix without its document is refused with a sentence' '
	cp "$dir/filled.csv" "$inbox/@TENDER/compliance_matrix/alone.csv" && wait_task alone failed &&
	grep -q "filled.csv\|alone.csv" "$tasks/alone/error"'

ok 'two versions are compared' '
	drop compare_rfps versions "$old" "$new" && ended versions &&
	said versions ".older.file == \"state-library-platform-rfp.pdf\" and
		(.fields[] | select(.field == \"submission_deadline\") | .old.value == \"2027-07-09T16:00\" and .new.value == \"2027-07-23T16:00\") and
		(.requirements.same > 20) and
		([.requirements.changed[].diff[] | select(.op == \"added\").text] | index(\"September\") != null)"'
ok 'and told to a person' '
	grep -q "~~June~~ \*\*September\*\* 30, 2028" "$tasks/versions/output/changes.md"'
ok 'a request says which is the older by the order of its list' '
	cp "$new" "$inbox/second.pdf" && ended second &&
	request compare_rfps order "{\"file_path\": [\"engagements/default/tasks/second/input/second.pdf\", \"engagements/default/tasks/list/input/list.pdf\"]}" &&
	ended order && said order ".older.file == \"second.pdf\" and .newer.file == \"list.pdf\""'
ok 'or by name' '
	request compare_rfps named "{\"older\": \"list.pdf\", \"file_path\": [\"engagements/default/tasks/second/input/second.pdf\",
		\"engagements/default/tasks/list/input/list.pdf\"]}" &&
	ended named && said named ".older.file == \"list.pdf\" and .newer.file == \"second.pdf\""'
ok 'a document against itself shows nothing' '
	cp "$old" "$dir/same.pdf" && drop compare_rfps nothing "$old" "$dir/same.pdf" && ended nothing &&
	said nothing ".fields == [] and .requirements.changed == [] and .requirements.added == [] and .requirements.removed == []"'
ok 'one document alone is refused with a sentence' '
	cp "$old" "$inbox/@TENDER/compare_rfps/lonely.pdf" && wait_task lonely failed && grep -q "Two documents" "$tasks/lonely/error"'

ok 'dates become a calendar, checked against a given day' '
	request plan_deadlines plan "{\"file_path\": \"engagements/default/tasks/list/input/list.pdf\", \"today\": \"2027-07-10\", \"reminders\": [3]}" &&
	ended plan && said plan "
		([.dates[].value] | . == sort) and (.today == \"2027-07-10\") and
		(.findings | map(select(.kind == \"past\") | .fields[0]) | index(\"submission_deadline\") != null)" &&
	ics=$tasks/plan/output/deadlines.ics && grep -q "^DTSTART;TZID=America/Los_Angeles:20270709T160000" "$ics" &&
	grep -q "^TZID:America/Los_Angeles" "$ics" && grep -q "^TRIGGER:-P3D" "$ics" &&
	! LC_ALL=C grep -nE "^.{77,}$" "$ics" && ! grep -v "$(printf "\r")\$" "$ics"'
ok 'an amendment moves the same events' '
	cp "$new" "$inbox/@TENDER/plan_deadlines/plan2.pdf" && ended plan2 &&
	same "$(grep "^UID:.*-submission_deadline" "$tasks/plan/output/deadlines.ics")" \
		"$(grep "^UID:.*-submission_deadline" "$tasks/plan2/output/deadlines.ics")" &&
	grep -q "^DTSTART.*:20270723T160000" "$tasks/plan2/output/deadlines.ics"'
ok 'a day that is none is refused' '
	request plan_deadlines noday "{\"file_path\": \"engagements/default/tasks/list/input/list.pdf\", \"today\": \"soon\"}" &&
	wait_task noday failed && grep -q today "$tasks/noday/error"'

# profile REFERENCES - of a company that meets all else
profile()
{
	printf '{"name": "Nordwind", "turnover": [{"year": 2026, "value": 9000000, "currency": "EUR"},
		{"year": 2025, "value": 9000000, "currency": "EUR"}, {"year": 2024, "value": 8000000, "currency": "EUR"}],
		"registers": [{"name": "Handelsregister"}], "exclusion_grounds": [], "references": %s}\n' "$1"
}
ambulance='{"title": "Vorwald", "kind": "Lieferung Rettungswagen", "year": 2026}'
ok 'a company that lacks something may not bid' '
	profile "[$ambulance]" >"$dir/profile.json" && drop check_eligibility nogo "$notice" "$dir/profile.json" && ended nogo &&
	said nogo ".decision == \"no-go\" and .company == \"Nordwind\" and
		([.conditions[].checks[] | select(.status == \"not_met\").kind] | index(\"references\") != null) and
		(.reasons[0] | contains(\"Page 2\"))" &&
	grep -q "May we bid? no-go" "$tasks/nogo/output/eligibility.md"'
ok 'one that has all of it may, and a request may hold the profile' '
	cp "$notice" "$inbox/notice.pdf" && ended notice &&
	request check_eligibility go "{\"file_path\": \"engagements/default/tasks/notice/input/notice.pdf\", \"today\": \"2027-03-01\",
		\"profile\": $(profile "[$ambulance, $ambulance, $ambulance]" | tr -d "\n")}" && ended go &&
	said go ".decision != \"no-go\" and
		([.conditions[].checks[] | select(.kind == \"references\" or .kind == \"turnover\").status] | unique) == [\"met\"] and
		([.conditions[].checks[].profile[].key] | index(\"/turnover/0\") != null)"'
ok 'so may a company that the mount knows' '
	mkdir "$mnt/companies/nordwind" && cp "$dir/profile.json" "$mnt/companies/nordwind/profile.json" &&
	request check_eligibility known "{\"file_path\": [\"engagements/default/tasks/notice/input/notice.pdf\", \"companies/nordwind/profile.json\"]}" &&
	ended known && said known ".decision == \"no-go\" and .company == \"Nordwind\"" && [ -e "$tasks/known/input/profile.json" ]'
ok 'what the profile does not say stays unknown' '
	request check_eligibility unclear "{\"file_path\": \"engagements/default/tasks/notice/input/notice.pdf\", \"profile\": {\"name\": \"N\"}}" &&
	wait_task unclear needs_review && said unclear ".decision == \"unclear\" and ([.conditions[].status] | unique) == [\"unknown\"]"'
ok 'without a profile the sentence says what to give' '
	cp "$notice" "$inbox/@TENDER/check_eligibility/bare.pdf" && wait_task bare failed && grep -q "profile.json" "$tasks/bare/error"'

ok 'an outline has all requirements, and no prose' '
	cp "$old" "$inbox/@TENDER/draft_bid/draft.pdf" && ended draft &&
	said draft ".prose == false and
		([.sections[] | select(.kind == \"requirements\").requirements[]] | sort) == ([.requirements[].id] | sort)" &&
	outline=$tasks/draft/output/bid-outline.md && grep -q "holds no word of the bid" "$outline" &&
	grep -q "^- \[ \] \*\*.*(must, \[page 2\](<../input/draft.pdf#page=2>)" "$outline" &&
	same "$(jq ".requirements | length" "$tasks/draft/result.json")" "$(grep -c "Answer: \*to be written\*" "$outline" | awk "{print \$1 - $(jq "[.sections[] | select(.kind == \"criterion\")] | length" "$tasks/draft/result.json")}")"'
ok 'of a German document it is German' '
	cp "$notice" "$inbox/@TENDER/draft_bid/entwurf.pdf" && ended entwurf &&
	grep -q "^# Gliederung des Angebots" "$tasks/entwurf/output/bid-outline.md"'
done_testing
