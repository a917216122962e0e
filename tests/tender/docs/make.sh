#!/bin/bash
# tests/tender/docs/make.sh BUILD OUT - make the labelled documents in the folder OUT, with labels.json beside them
# A source NAME.txt becomes NAME.pdf; a folder NAME.zip of sources and other files becomes that package, its labels those
# of its parts: of a field with one value the first that has it. What is already there and newer is kept.
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
	jq -s --arg name "$name" '
		map(.file as $f | with_entries(if .value | type == "object" then .value.file = $f
			elif .value | type == "array" then .value |= map(if type == "object" then .file = $f else . end)
			else . end)) |
		reduce .[] as $part ({}; reduce ($part | to_entries[]) as $e (.;
			if .[$e.key] == null then .[$e.key] = $e.value
			elif $e.value | type == "array" then .[$e.key] += $e.value
			elif $e.key == "pages" then .pages += $e.value else . end)) |
		.file = $name' "${parts[@]}" >"$out/labels/$name.json"
}

for source in "$from"/*.txt; do
	name=$(basename "$source" .txt)
	document "$source" "$out/$name.pdf" "$out/labels/$name.json"
done
for source in "$from"/*.zip; do
	[ ! -d "$source" ] || package "$source"
done
jq -s . "$out"/labels/*.json >"$out/labels.json"
