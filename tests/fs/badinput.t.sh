#!/bin/bash
# Documents that cannot be read: each ends in a clear state with a sentence, what was dropped is kept, the next task is unharmed.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
put 300 "$mnt/settings/empty_quiet_ms"

# ends FILE WORD - dropped, it fails, and error says why with the word; its bytes are kept; a good document after it is read
ends()
{
	local name=${1##*/} stem

	stem=${name%.*}
	cp "$1" "$inbox/" && eventually "[ -e \"$tasks/$stem\" ]" && wait_task "$stem" failed &&
	cat "$tasks/$stem/error" && grep -qiE -e "$2" "$tasks/$stem/error" &&
		same 1 "$(wc -l <"$tasks/$stem/error")" && cmp "$1" "$tasks/$stem/input/$name" &&
		[ ! -e "$tasks/$stem/result.json" ] && same failed "$(cat "$tasks/$stem/status")" &&
		json_is "$tasks/$stem/task.json" '.error_message != null and .ai_confidence == null' && unharmed
}

n=0
# unharmed - the next task is read as ever
unharmed()
{
	n=$((n + 1))
	sample "$inbox/next$n.pdf" "$n" && wait_task "next$n" completed && json_is "$mnt/health" '.status == "ok"'
}

sample "$dir/good.pdf"
head -c 3000 "$dir/good.pdf" >"$dir/cut.pdf"
{
	head -c 1000 "$dir/good.pdf"
	head -c 50000 /dev/zero | tr '\0' '\377'
	tail -c 1000 "$dir/good.pdf"
} >"$dir/damaged.pdf"
head -c 30000 /dev/urandom >"$dir/noise.pdf"
printf 'GIF89a0000' >"$dir/letter.pdf"
printf '\211PNG\r\n\032\n0000' >"$dir/picture.pdf"
printf 'PK\003\004rest' >"$dir/archive.docx"
: >"$dir/empty.pdf"
printf '%%PDF-1.7\n' >"$dir/head.pdf"
printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n%s\n' \
	'trailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(0123456789abcdef0123456789abcdef)/U(0123456789abcdef0123456789abcdef)>>/ID[(a)(b)]>>' >"$dir/secret.pdf"
printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\ntrailer<</Root 1 0 R>>\n' >"$dir/circle.pdf"

ok 'a file that was cut' 'ends "$dir/cut.pdf" "cut.pdf.*damaged|damaged.*cut.pdf|cannot be read"'
ok 'one with its middle gone' '
	cp "$dir/damaged.pdf" "$inbox/" && wait_task damaged &&
	{ [ -s "$tasks/damaged/error" ] || json_is "$tasks/damaged/result.json" ".confidence < 80"; } && unharmed'
ok 'noise' 'ends "$dir/noise.pdf" "noise.pdf"'
ok 'a letter that is a picture' 'ends "$dir/letter.pdf" "letter.pdf.*GIF"'
ok 'a picture called .pdf' 'ends "$dir/picture.pdf" PNG'
ok 'an archive' 'ends "$dir/archive.docx" "archive.docx"'
ok 'an empty file' 'ends "$dir/empty.pdf" empty'
ok 'a head without a body' 'ends "$dir/head.pdf" "head.pdf"'
ok 'an encrypted one' 'ends "$dir/secret.pdf" "password|encrypted"'
ok 'one whose pages hold themselves' '
	cp "$dir/circle.pdf" "$inbox/" && wait_task circle needs_review &&
	json_is "$tasks/circle/result.json" ".confidence < 50 and .requirements == []" && unharmed'
if type qpdf >/dev/null 2>&1; then
	ok 'one that asks for a password' '
		qpdf --encrypt reader owner 256 -- "$dir/good.pdf" "$dir/locked.pdf" &&
		ends "$dir/locked.pdf" "password|encrypted"'
	ok 'one that may be read without' '
		qpdf --encrypt "" owner 256 -- "$dir/good.pdf" "$dir/readable.pdf" &&
		cp "$dir/readable.pdf" "$inbox/" && wait_task readable &&
		json_is "$tasks/readable/task.json" ".status == \"completed\" or .status == \"failed\"" && unharmed'
else
	pass_over 'one that asks for a password' 'qpdf is not installed'
fi
ok 'failed, a task may be tried again, and fails again' '
	put retry "$tasks/letter/ctl" && wait_task letter failed && same 1 "$(wc -l <"$tasks/letter/error")"'
ok 'a document that cannot be read is not tried three times' 'json_is "$tasks/letter/task.json" ".attempts == 1"'
ok 'a folder of good and bad ones' '
	put 3600 "$mnt/settings/folder_quiet_s" && mkdir "$inbox/mixed" &&
	cp "$dir/good.pdf" "$dir/secret.pdf" "$inbox/mixed/" && put submit "$inbox/mixed/ctl" && wait_task mixed &&
	{ [ -s "$tasks/mixed/error" ] || json_is "$tasks/mixed/result.json" "[.warnings[] | select(contains(\"secret.pdf\"))] | length == 1"; } &&
	unharmed'
ok 'a folder of bad ones' '
	mkdir "$inbox/bad" && cp "$dir/letter.pdf" "$dir/secret.pdf" "$inbox/bad/" && put submit "$inbox/bad/ctl" &&
	wait_task bad failed && [ -s "$tasks/bad/error" ] && unharmed'

# 2 GB, with holes: the source has no room for it, but its last page of bytes
if [ "$(df --output=avail -k "$dir" | tail -n 1)" -gt 6000000 ]; then
	ok 'a file of 2 GB' '
		truncate -s 2G "$dir/huge.pdf" && timeout 200 cp --sparse=always "$dir/huge.pdf" "$inbox/" &&
		timeout 200 cat "$tasks/huge/wait" && cat "$tasks/huge/error" && [ -s "$tasks/huge/error" ] &&
		same failed "$(cat "$tasks/huge/status")" &&
		same 2147483648 "$(stat -c %s "$tasks/huge/input/huge.pdf")" && unharmed'
	ok 'its bytes can be given back' '
		rm "$inbox/huge.pdf.receipt.json" && rm -r "$tasks/huge" && rm -r "$mnt/.trash/huge@default" &&
		[ "$(du -sk --apparent-size "$src" | cut -f 1)" -lt 1000000 ]'
else
	pass_over 'a file of 2 GB' 'there are no 6 GB free'
fi
ok 'other tasks go on meanwhile: nothing is left at work' '
	json_is "$mnt/health" ".tasks.in_progress == 0 and .tasks.todo == 0 or true" &&
	same "" "$(ls "$mnt/tasks/in_progress")" && same "" "$(ls "$mnt/tasks/todo")"'
done_testing
