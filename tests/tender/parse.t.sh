#!/bin/bash
# TENDER as its host sees it: good documents, bad documents, and what it says of them.
# FS0711_SAMPLES may name a folder of more PDFs; each must come out valid, with quotes that stand on their pages.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq pdftotext
tender=$build/mcps/tender/tender
manifest=$top/mcps/tender/manifest.json
check=$build/tests/tender/check-result
mkpdf=$build/samples/mkpdf

# parse FILE... - call parse_rfp and leave its answer in $dir/answer, its notifications in $dir/notes
parse()
{
	jq -nc '{jsonrpc: "2.0", id: 1, method: "tools/call", params: {name: "parse_rfp",
		arguments: {documents: $ARGS.positional}, _meta: {progressToken: 7}}}' --args "$@" |
		"$tender" "$manifest" >"$dir/all" 2>"$dir/stderr"
	jq -c 'select(.id == 1)' "$dir/all" >"$dir/answer"
	jq -c 'select(.method)' "$dir/all" >"$dir/notes"
}

# says FILTER - true when jq finds the filter true of the last answer
says()
{
	jq -e "$1" "$dir/answer" >/dev/null || { jq -c '.result | del(.structuredContent.requirements)' "$dir/answer" | head -c 2000; return 1; }
}

# fails_as KIND WORD - the last answer is an error of this kind, and its sentence has the word
fails_as()
{
	says ".result.isError == true and .result._meta.kind == \"$1\" and (.result.content[0].text | contains(\"$2\"))"
}

good()
{
	"$check" "$manifest" "$1" <"$dir/answer"
}

city=$top/samples/city-website-rfp.pdf
ok 'the English sample is read' 'parse "$city" && says ".result.isError == false"'
ok 'its answer is valid and its quotes stand' 'good "$city"'
ok 'its dates are right' 'says ".result.structuredContent |
	.submission_deadline.value == \"2027-02-19T14:00\" and .submission_deadline.timezone == \"Pacific Time\" and
	.questions_deadline.value == \"2027-01-29T17:00\" and .issue_date.value == \"2027-01-11\""'
ok 'its names are right' 'says ".result.structuredContent |
	.title.value == \"Redesign and Hosting of the City Website\" and .issuer.value == \"City of Larkspur Falls\" and
	.reference_number.value == \"RFP-2027-014\" and .contact.name == \"Maria Delgado\""'
ok 'its terms are right' 'says ".result.structuredContent |
	.budget.value == 240000 and .budget.kind == \"ceiling\" and .contract_duration.months == 36 and
	.contract_duration.option_months == 24 and .submission_method.kind == \"email\" and
	([.evaluation_criteria.items[].weight] == [30, 25, 20, 10, 15])"'
ok 'it needs no review' 'says ".result.structuredContent.confidence >= 80"'
ok 'three files come with it' 'says "[.result.content[] | select(.type == \"resource\").resource.uri] ==
	[\"output:///summary.md\", \"output:///requirements.csv\", \"output:///deadlines.ics\"]"'
ok 'the calendar has only whole lines of 75 octets' '
	jq -r ".result.content[3].resource.text" "$dir/answer" >"$dir/ics" &&
	! LC_ALL=C grep -nE "^.{77,}$" "$dir/ics" && ! grep -v "$(printf "\r")\$" "$dir/ics" | grep .'
ok 'progress rises to 100' 'jq -se "[.[] | select(.params.progressToken == 7).params.progress] | . == sort and .[-1] == 100" "$dir/notes"'

if [ -x "$mkpdf" ]; then
	ok 'the German sample is read' '"$mkpdf" "$top/samples/dms-ausschreibung.txt" "$dir/dms.pdf" && parse "$dir/dms.pdf" && good "$dir/dms.pdf"'
	ok 'its fields are right' 'says ".result.structuredContent | .document.language == \"de\" and
		.submission_deadline.value == \"2027-02-26T11:00\" and .questions_deadline.value == \"2027-02-12T12:00\" and
		.reference_number.value == \"HBS-2027-0031\" and .budget.value == 310000 and .contract_duration.months == 48 and
		.contract_duration.option_months == 24 and .submission_method.kind == \"portal\" and
		([.evaluation_criteria.items[].weight] == [40, 35, 15, 10])"'
	ok 'a document that says nothing gets null, and is not sure' '"$mkpdf" -n 3 -t "Nothing is said on this page." "$dir/none.pdf" &&
		parse "$dir/none.pdf" && good "$dir/none.pdf" && says ".result.structuredContent | .submission_deadline == null and
		.budget == null and .issuer == null and .requirements == [] and .confidence < 50"'
	ok 'several documents are one tender' 'parse "$dir/dms.pdf" "$dir/none.pdf" &&
		says ".result.structuredContent | (.files | length) == 2 and .submission_deadline.file == \"dms.pdf\""'
	ok 'a hundred pages are read within 256 MiB' '"$mkpdf" -n 100 "$dir/long.pdf" && parse "$dir/long.pdf" &&
		says ".result.structuredContent | .document.pages == 100 and (.requirements | length) == 100"'
fi

: >"$dir/empty.pdf"
printf '\211PNG\r\n\032\n0000' >"$dir/picture.pdf"
head -c 3000 "$city" >"$dir/cut.pdf"
printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n%s\n' \
	'trailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(0123456789abcdef0123456789abcdef)/U(0123456789abcdef0123456789abcdef)>>/ID[(a)(b)]>>' >"$dir/secret.pdf"
ok 'an empty file is refused' 'parse "$dir/empty.pdf" && fails_as empty empty.pdf'
ok 'a picture called .pdf is refused' 'parse "$dir/picture.pdf" && fails_as unknown_type PNG'
ok 'a cut file is refused' 'parse "$dir/cut.pdf" && fails_as damaged cut.pdf'
ok 'an encrypted file is refused' 'parse "$dir/secret.pdf" && fails_as encrypted password'
ok 'a file that is gone is refused' 'parse "$dir/gone.pdf" && fails_as missing gone.pdf'
ok 'a folder is refused' 'parse "$dir" && fails_as missing "is no file"'
ok 'no documents are refused' 'parse && fails_as arguments documents'
ok 'a relative path is refused' 'parse x.pdf && fails_as arguments absolute'
ok 'a package with a bad part is read, with a warning' 'parse "$city" "$dir/secret.pdf" && says ".result.isError == false and
	(.result.structuredContent.warnings[0] | contains(\"secret.pdf\"))"'

if [ -n "${FS0711_SAMPLES:-}" ]; then
	for pdf in "$FS0711_SAMPLES"/*.pdf; do
		ok "${pdf##*/} is valid and its quotes stand" 'parse "$pdf" && good "$pdf"'
	done
fi
done_testing
