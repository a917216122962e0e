#!/bin/bash
# tests/tender/fit/confidence.sh [POOL] - write mcps/tender/confidence_knots.c
# POOL is what `scripts/eval-tender --raw --pool` wrote of documents that nobody had seen when the rules were written:
# on those that rules were written by they are right more often than elsewhere. Without it that is unseen.tsv beside
# this: field, score and 1 when right of each answer to three sets of documents that were kept apart, scored before a
# rule was changed for them; they stand among tests/tender/docs now.
# For each kind of field the scores are put in order and into bins, bins that do not rise are joined (isotonic
# regression), and each bin is drawn towards its score, since a few right answers are no proof.
set -eu

top=$(cd "$(dirname "$0")/../../.." && pwd)
pool=${1:-$top/tests/tender/fit/unseen.tsv}
work=$(mktemp -d "${TMPDIR:-/tmp}/fit-confidence.XXXXXX")
trap 'rm -rf "$work"' EXIT

sort -t "$(printf '\t')" -k2,2n "$pool" | awk -F '\t' '
	BEGIN {
		least = 8        # answers in a bin
		most = 6         # knots, CONFIDENCE_KNOTS
		weight = 12      # answers that a score counts as
		n_kinds = split("NAME DATE TERM PLACE LIST ENTRY", kinds, " ")
		split("title issuer reference_number", names, " ")
		split("issue_date submission_deadline questions_deadline participation_deadline binding_until", dates, " ")
		split("contract_duration contract_options budget", terms, " ")
		split("submission_method contact", places, " ")
		split("procedure cpv lots evaluation_criteria page_limit", lists, " ")
		split("eligibility documents", entries, " ")
		for (i in names) kind_of[names[i]] = "NAME"
		for (i in dates) kind_of[dates[i]] = "DATE"
		for (i in terms) kind_of[terms[i]] = "TERM"
		for (i in places) kind_of[places[i]] = "PLACE"
		for (i in lists) kind_of[lists[i]] = "LIST"
		for (i in entries) kind_of[entries[i]] = "ENTRY"
	}
	function bin_answers(kind, i, b) {
		b = 0
		for (i = 1; i <= n[kind]; i++) {
			if (b == 0 || (size[b] >= least && score[kind, i] != score[kind, i - 1]))
				size[++b] = right[b] = sum[b] = 0
			size[b]++
			right[b] += ok[kind, i]
			sum[b] += score[kind, i]
		}
		if (b > 1 && size[b] < least) {
			size[b - 1] += size[b]; right[b - 1] += right[b]; sum[b - 1] += sum[b]
			b--
		}
		return b
	}
	# Sentences of one document are right or wrong together, and prove less.
	function share(b, w) {
		w = kind == "ENTRY" ? 4 * weight : weight
		return (right[b] + w * sum[b] / size[b] / 100) / (size[b] + w)
	}
	function join(b, n_bins, i) {
		size[b] += size[b + 1]; right[b] += right[b + 1]; sum[b] += sum[b + 1]
		for (i = b + 1; i < n_bins; i++) {
			size[i] = size[i + 1]; right[i] = right[i + 1]; sum[i] = sum[i + 1]
		}
	}
	# The bin that differs least from the next one.
	function nearest(n_bins, i, best) {
		best = 1
		for (i = 2; i < n_bins; i++)
			if (share(i + 1) - share(i) < share(best + 1) - share(best)) best = i
		return best
	}
	{
		kind = kind_of[$1]
		if (kind != "") { i = ++n[kind]; score[kind, i] = $2; ok[kind, i] = $3 }
	}
	END {
		print "/* Written by tests/tender/fit/confidence.sh: not to be edited. */"
		print "#include \"confidence.h\"\n"
		print "const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS] = {"
		for (k = 1; k <= n_kinds; k++) {
			kind = kinds[k]
			b = bin_answers(kind)
			while (b > 1 && ((i = nearest(b)) && (share(i + 1) <= share(i) || b > most))) { join(i, b); b-- }
			printf "\t[CONFIDENCE_%s] = {", kind
			for (i = 1; i <= b; i++)
				printf "%s { %d, %d }", (i > 1 ? "," : ""), sum[i] / size[i] + 0.5, 100 * share(i)
			print " },"
		}
		print "};"
	}' >"$work/knots.c"
clang-format -style=file:"$top/.clang-format" -i "$work/knots.c"
mv "$work/knots.c" "$top/mcps/tender/confidence_knots.c"
