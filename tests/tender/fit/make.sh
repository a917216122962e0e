#!/bin/bash
# tests/tender/fit/make.sh BUILD [PURE.csv [CATALOGUE.yml... [SENTENCES.tsv...]]] - write mcps/tender/require/weights.c
# BUILD is a build tree after `make check TESTS=`. Learns from all our own documents, from the sentences beside this
# (trades.tsv tells level and category only: it has too few sentences that bind nobody), and from what is given besides: the CSV of the PURE data set (a sentence, its document, Req or
# Not_Req), catalogues in YAML (level and description of each requirement), and sentences labelled by hand (main.c says
# how a row is written). The same files in the same order give the same weights. Those that are kept are of
#   make.sh BUILD pure-train.csv german-ticketing/*.yml
# with the part of PURE that is to train on (5,306 sentences) and eight modules of a German catalogue under CC0: abo,
# automat, backend, onpremise, produkte, rechnungswesen, saas and webshop.
# The texts stay where they are: only weights of words go into the program.
# How good they are cannot be seen on documents that they were fitted to: what this prints is of each fifth of the
# documents by weights that were fitted without it.
set -eu

top=$(cd "$(dirname "$0")/../../.." && pwd)
build=$(cd "$1" && pwd)
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/fit-tender.XXXXXX")
trap 'rm -rf "$work"' EXIT

# csv_rows FILE - columns 2 and 4 of a CSV whose cells may hold quotes, commas and line ends
csv_rows() {
	awk '
	function take() { cell[++n] = text; text = "" }
	function finish() {
		take()
		gsub(/[ \t\r\n]+/, " ", cell[2])
		if (row++ && cell[2] != "")
			printf "%d\t-\t-\tsentence\t-\t-\t%s\n", cell[4] ~ /^Req/, cell[2]
		n = 0
	}
	{
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			if (c == "\"") {
				if (quoted && substr($0, i + 1, 1) == "\"") { text = text c; i++ }
				else quoted = !quoted
			} else if (c == "," && !quoted) take()
			else text = text c
		}
		if (quoted) text = text " "
		else finish()
	}' "$1"
}

# catalogue_rows FILE... - the sentences of the descriptions with the level above them
catalogue_rows() {
	awk '
	function finish() {
		if (text != "" && level ~ /^(must|should|may)$/)
			printf "1\t%s\t-\trow\t-\t-\t%s\n", level, text
		text = ""; inside = 0
	}
	{ match($0, /^ */); deep = RLENGTH }
	inside && NF && deep > base { sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0; next }
	inside && NF { finish() }
	/level:/ { level = tolower($NF) }
	/description: *\|/ { inside = 1; base = deep; if ($1 == "-") base += 2 }
	END { finish() }' "$@"
}

others=()
: >"$work/catalogues.tsv"
: >"$work/pure.tsv"
for file in "$@"; do
	case $file in
	*.csv) csv_rows "$file" >>"$work/pure.tsv" ;;
	*.yml) catalogue_rows "$file" >>"$work/catalogues.tsv" ;;
	*) others+=("$file") ;;
	esac
done
mkdir "$work/docs"
"$top/tests/tender/docs/make.sh" "$build" "$work/docs"
"$build/tests/tender/fit/fit" -o "$top/mcps/tender/require/weights.c" -l "$work/docs/labels.json" "$work/docs" \
	-n 3 "$top/tests/tender/fit/sentences.tsv" "${others[@]}" -b 0 "$top/tests/tender/fit/trades.tsv" -b 1 \
	-n 1 -w 0.4 "$work/catalogues.tsv" -w 0.05 "$work/pure.tsv"
