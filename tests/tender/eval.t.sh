#!/bin/bash
# How right TENDER is on the documents of our own, and that it does not get worse: tests/tender/eval/floors.json holds
# what each figure must keep. When the engine gets better, raise the floors to a little under what is reached:
# scripts/eval-tender --set own --reached FILE writes it.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq pdftotext zip
[ -x "$build/tests/tender/docs/mkdoc" ] || skip "the documents cannot be made: libpango1.0-dev was not there"
docs=$dir/docs answers=$dir/answers
eval_tender=("$top/scripts/eval-tender" --build "$build" --docs "$docs" --answers "$answers")

# stands_on FILE PAGE LABELS - print the requirements labelled on that page that its text does not have
stands_on()
{
	pdftotext -raw -f "$2" -l "$2" "$1" "$dir/page.txt" && jq -r --argjson page "$2" --rawfile text "$dir/page.txt" '
		def plain: gsub("[\\s\u00ad\u2010-]"; "") | gsub("ﬁ"; "fi") | gsub("ﬂ"; "fl");
		($text | plain) as $plain | .requirements[] | select(.page == $page and .page_end == null and .joined == null) | .text |
		select(plain as $one | $plain | contains($one) | not)' "$3"
}

# all_stand - every label of a document with text stands on its page
all_stand()
{
	local label pdf page missing=""

	for label in "$docs"/labels/*.json; do
		pdf=$docs/$(jq -r .file "$label")
		case $pdf in
		*.zip | *.eml | *.html | *.docx | *-scan.pdf | *-mixed.pdf) continue ;;
		esac
		for ((page = 1; page <= $(jq .pages "$label"); page++)); do
			missing+=$(stands_on "$pdf" "$page" "$label")
		done
	done
	same "" "$missing"
}

ok 'the documents are made' '"$top/tests/tender/docs/make.sh" "$build" "$docs" && json_is "$docs/labels.json" "length >= 12"'
ok 'what is labelled stands on its page' all_stand
ok 'each has its requirements labelled with level, category and page' 'json_is "$docs/labels.json" "all(.[]; (.pages >= 3 or
	(.file | endswith(\".html\") or endswith(\".docx\"))) and (.requirements | length >= 15 and all(.page >= 1 and (.level | IN(\"must\", \"should\", \"may\")) and (.category |
	IN(\"functional\", \"quality\", \"security\", \"legal\", \"commercial\", \"delivery\", \"staff\", \"reporting\", \"procedure\")))))"'
ok 'the engine is at least as good as its floors' '"${eval_tender[@]}" --set own --floors "$top/tests/tender/eval/floors.json" >"$dir/tables" ||
	{ cat "$dir/tables"; false; }'
ok 'its figures are printed' 'grep -q "^submission_deadline " "$dir/tables" && grep -q "^calibration error " "$dir/tables" &&
	grep -q "^complete without review: " "$dir/tables"'
ok 'a figure under its floor is heard' 'echo "{\"f1\": {\"title\": 1.1}}" >"$dir/high.json" &&
	! "${eval_tender[@]}" --set own --floors "$dir/high.json" >"$dir/heard" && grep "title is .* must be at least 1.100" "$dir/heard"'
ok 'the figures that are reached can be written as floors' '"${eval_tender[@]}" --set own --reached "$dir/reached.json" >/dev/null &&
	"${eval_tender[@]}" --set own --floors "$dir/reached.json" >/dev/null && json_is "$dir/reached.json" ".f1.requirements > 0"'
ok 'the two folds are all documents' 'same "$(jq length "$docs/labels.json")" "$(for fold in fit report; do
	"$build/tests/tender/eval/eval" --list --fold "$fold" "$docs/labels.json"; done | sort -u | wc -l)"'
ok 'a document that says its fold is in that one alone' 'jq "map(select(.fold == \"report\"))" "$docs/labels.json" >"$dir/said.json" &&
	same "$(jq -r ".[].file" "$dir/said.json")" "$("$build/tests/tender/eval/eval" --list --fold report "$dir/said.json")" &&
	same "" "$("$build/tests/tender/eval/eval" --list --fold fit "$dir/said.json")"'
ok 'misses are listed by document' '"${eval_tender[@]}" --set own --misses all >"$dir/misses" && grep -q "^  missed .*requirements" "$dir/misses"'
done_testing
