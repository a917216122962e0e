#!/bin/bash
# tests/tender/docs/make.sh BUILD OUT - make the labelled documents in the folder OUT, with labels.json beside them
# A source NAME.txt becomes NAME.pdf, NAME.html.txt a web page and NAME.docx.txt a DOCX;
# a folder NAME.zip of sources and other files becomes that package, a folder NAME.eml an e-mail with the head in "head",
# its text from mail.html.txt and the others attached. Their labels are those of their parts: of a field with one value
# the first that has it. What is already there and newer is kept.
set -eu

from=$(cd "$(dirname "$0")" && pwd)
mkdoc=$1/tests/tender/docs/mkdoc out=$2
[ -x "$mkdoc" ] || {
	echo "docs/make.sh: there is no $mkdoc: install libpango1.0-dev, configure again and run 'make check TESTS='" >&2
	exit 2
}
mkdir -p "$out/labels"

# document SOURCE PDF LABELS
document()
{
	[ "$2" -nt "$1" ] && [ "$2" -nt "$mkdoc" ] && [ -e "$3" ] && return
	"$mkdoc" "$1" "$2" "$3"
}

# word SOURCE NAME.docx - the parts of a DOCX around its text
word()
{
	local kept=$out/parts/$2 types=http://schemas.openxmlformats.org/package/2006

	mkdir -p "$kept/_rels" "$kept/word"
	document "$1" "$kept/word/document.xml" "$out/labels/$2.part"
	cat >"$kept/[Content_Types].xml" <<-END
		<Types xmlns="$types/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
		<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
	END
	cat >"$kept/_rels/.rels" <<-END
		<Relationships xmlns="$types/relationships"><Relationship Id="r1" Target="word/document.xml"
		Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>
	END
	rm -f "$out/$2"
	(cd "$kept" && zip -q -X -r "../../$2" "[Content_Types].xml" _rels word)
	jq --arg name "$2" '.file = $name' "$out/labels/$2.part" >"$out/labels/$2.json"
}

# joined NAME PART... - the labels of the parts as those of one document; what is in no file of it has none
joined()
{
	local name=$1

	shift
	jq -s --arg name "$name" '
		map(.file as $f | if $f == null then . else with_entries(if .value | type == "object" then .value.file = $f
			elif .value | type == "array" then .value |= map(if type == "object" then .file = $f else . end)
			else . end) end) |
		reduce .[] as $part ({}; reduce ($part | to_entries[]) as $e (.;
			if .[$e.key] == null then .[$e.key] = $e.value
			elif $e.value | type == "array" then .[$e.key] += $e.value
			elif $e.key == "pages" then .pages += $e.value else . end)) |
		.file = $name' "$@" >"$out/labels/$name.json"
}

# package FOLDER - its parts in the order of their names
package()
{
	local name part parts=() kept=$out/parts/${1##*/}

	name=${1##*/}
	mkdir -p "$kept"
	for part in "$1"/*; do
		case $part in
		*.txt)
			part=$(basename "$part" .txt)
			document "$1/$part.txt" "$kept/$part.pdf" "$out/labels/$name.$part.part"
			parts+=("$out/labels/$name.$part.part")
			;;
		*) cp "$part" "$kept/" ;;
		esac
	done
	rm -f "$out/$name"
	(cd "$kept" && zip -q -X "../../$name" ./*)
	joined "$name" "${parts[@]}"
}

# enclosed FILE TYPE [DISPOSITION] - a part of an e-mail
enclosed()
{
	printf -- '--of-parts\nContent-Type: %s\nContent-Transfer-Encoding: base64\n%s\n' "$2" "${3:+$3$'\n'}"
	base64 -w 76 "$1"
	echo
}

# mail FOLDER - its text first, then what is attached in the order of the names
mail()
{
	local name=${1##*/} part pdf parts=() kept=$out/parts/${1##*/}

	mkdir -p "$kept"
	document "$1/mail.html.txt" "$kept/mail.html" "$out/labels/$name.mail.part"
	jq '.file = null' "$out/labels/$name.mail.part" >"$out/labels/$name.text.part"
	parts=("$out/labels/$name.text.part")
	{
		cat "$1/head"
		printf 'Content-Type: multipart/mixed; boundary="of-parts"\n\n'
		enclosed "$kept/mail.html" 'text/html; charset="utf-8"'
		for part in "$1"/*.txt; do
			part=$(basename "$part" .txt) pdf=$kept/$(basename "$part" .txt).pdf
			[ "$part" != mail.html ] || continue
			document "$1/$part.txt" "$pdf" "$out/labels/$name.$part.part"
			parts+=("$out/labels/$name.$part.part")
			enclosed "$pdf" application/pdf "Content-Disposition: attachment; filename=\"$part.pdf\""
		done
		echo '--of-parts--'
	} >"$out/$name"
	joined "$name" "${parts[@]}"
}

for source in "$from"/*.txt; do
	name=$(basename "$source" .txt)
	case $name in
	*.docx) word "$source" "$name" ;;
	*.html) document "$source" "$out/$name" "$out/labels/$name.json" ;;
	*) document "$source" "$out/$name.pdf" "$out/labels/$name.json" ;;
	esac
done
for source in "$from"/*.zip; do
	[ ! -d "$source" ] || package "$source"
done
for source in "$from"/*.eml; do
	[ ! -d "$source" ] || mail "$source"
done
jq -s . "$out"/labels/*.json >"$out/labels.json"
