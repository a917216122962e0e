#!/bin/bash
# Editors in the mount, a row for each: on an entry of an inbox it stays one task, on documents and line files what is
# written counts at once or is refused aloud.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq python3
export TERM=xterm
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
engagement=$mnt/engagements/default

# in_terminal KEYS COMMAND... - run it on a terminal and type: each word of KEYS when it has been quiet for a while
cat >"$dir/terminal.py" <<'END'
import os, pty, select, sys
keys, said = sys.argv[1].split(), b""
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    if select.select([fd], [], [], 0.3)[0]:
        try:
            said += os.read(fd, 65536)
        except OSError:
            break
    elif keys:
        os.write(fd, keys.pop(0).encode().decode("unicode_escape").encode())
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
if status:
    sys.stderr.write(said.decode(errors="replace"))
sys.exit(status)
END
in_terminal()
{
	timeout 20 python3 "$dir/terminal.py" "$@"
}

# edit COMMANDS - run them on $file; a word on standard error is a failure, as is a file of theirs that stays listed
edit()
{
	(cd "$dir" && eval "$1") >"$dir/said" 2>"$dir/complained" </dev/null || {
		echo "status $?"
		cat "$dir/said" "$dir/complained"
		return 1
	}
	same "" "$(cat "$dir/complained")"
}

# row NAME PROGRAM COMMANDS - they change the first "maple" in $file to "birch"
rows=()
row()
{
	rows+=("$@")
}

row sed sed 'sed -i s/maple/birch/ "$file"'
row sed-backup sed 'sed -i.bak s/maple/birch/ "$file"'
row perl perl 'perl -pi -e s/maple/birch/ "$file"'
row perl-backup perl 'perl -pi~ -e s/maple/birch/ "$file"'
row python python3 'python3 "$dir/inplace.py" "$file"'
row vim vim 'vim -es -u NONE "$file" -c %s/maple/birch/ -c wq'
row vim-backup vim 'vim -es -u NONE -c "set backup writebackup backupcopy=no" "$file" -c %s/maple/birch/ -c wq'
row vim-terminal vim 'in_terminal ":%s/maple/birch/\\r :wq\\r" vim -u NONE -i NONE -c "set nocp" "$file"'
row emacs emacs '
	emacs --batch -Q "$file" --eval "(progn (setq save-silently t) (goto-char 1) (search-forward \"maple\") (replace-match \"birch\") (save-buffer))" 2>"$dir/no"'
row nano nano 'in_terminal "\\x1c maple\\r birch\\r y \\x0f\\r \\x18" nano --ignorercfiles "$file"'
row ed ed 'printf "%s\n" "g/maple/s//birch/" w q | ed -s "$file"'
row ex ex 'printf "%s\n" "g/maple/s//birch/" wq | ex -s "$file"'
row patch patch 'sed s/maple/birch/ "$file" | diff -u "$file" - >p; patch -s "$file" p'
row patch-backup patch 'sed s/maple/birch/ "$file" | diff -u "$file" - >p; patch -sb "$file" p'
row gio gio 'sed s/maple/birch/ "$file" | gio save "$file"'
row gio-backup gio 'sed s/maple/birch/ "$file" | gio save -b "$file"'
row gio-etag gio 'sed s/maple/birch/ "$file" >p && gio save --etag "$(gio info -a etag::value "$file" | sed -n "s/.*value: //p")" "$file" <p'
row part sed 'sed s/maple/birch/ "$file" >"$file.part" && mv "$file.part" "$file"'
row cat cat 'sed s/maple/birch/ "$file" >p && cat p >"$file"'
row tee tee 'sed s/maple/birch/ "$file" >p && tee "$file" <p >said'
cat >"$dir/inplace.py" <<'END'
import fileinput, sys
for line in fileinput.input(sys.argv[1], inplace=True):
    print(line.replace("maple", "birch"), end="")
END

each()
{
	local i

	for ((i = 0; i < ${#rows[@]}; i += 3)); do
		if type "${rows[i + 1]}" >/dev/null 2>&1; then
			"$1" "${rows[i]}" "${rows[i + 2]}"
		else
			pass_over "$2${rows[i]}" "${rows[i + 1]} is not installed"
		fi
	done
}

# An entry of an inbox. The engines stand still: what is there is being worked on, or waits.
live_tasks()
{
	find "$mnt/tasks/todo" "$mnt/tasks/in_progress" -type l | wc -l
}

edits_entry()
{
	local n

	file=$inbox/$1.txt
	n=$(live_tasks)
	printf 'one\nmaple\nthree\n' >"$file" && edit "$2" || return 1
	printf 'one\nbirch\nthree\n' | cmp - "$file" && cmp "$file" "$tasks/$1/input/$1.txt" &&
		eventually "[ \$(live_tasks) = $((n + 1)) ]" &&
		same "$1" "$(cd "$tasks" && ls -d "$1" "$1"-[0-9]* 2>/dev/null)" &&
		grep -q maple "$tasks/$1/input/.former"/*
}
pass_entry()
{
	ok "$1: an entry" "edits_entry '$1' '${2//\'/\'\\\'\'}'"
}
ok 'the engines stand still' '
	sample "$inbox/warm.pdf" warm && wait_task warm completed && engines_stop && sample "$inbox/a.pdf" a &&
	sample "$inbox/b.pdf" b && eventually "[ \$(ls $mnt/tasks/in_progress | wc -l) = 2 ]"'
each pass_entry 'an entry: '
ok 'a backup that is moved back is the task that it was' '
	echo kept >"$inbox/back.txt" && id=$(jq -r .id "$tasks/back/task.json") && mv "$inbox/back.txt" "$inbox/back.txt~" &&
	same "todo" "$(cat "$tasks/back/status")" && mv "$inbox/back.txt~" "$inbox/back.txt" &&
	same "$id" "$(jq -r .task "$inbox/back.txt.receipt.json")" && same kept "$(cat "$inbox/back.txt")" &&
	[ ! -e "$tasks/back-2" ] && rm "$inbox/back.txt" && wait_task back cancelled'
ok 'a name that is only doubtful becomes a task by itself' '
	echo zip >"$inbox/ziggurat" && [ ! -e "$tasks/ziggurat" ] && eventually "[ -e \"$tasks/ziggurat\" ]" &&
	same zip "$(cat "$tasks/ziggurat/input/ziggurat")" && [ -e "$inbox/ziggurat.receipt.json" ]'
ok 'what editors made before that had become no tasks' '
	same "" "$(cd "$tasks" && ls -d sed?????? XX?????? *.txt* *.bak 2>/dev/null)"'
ok 'also when the mount ends before that' '
	echo zip >"$inbox/sediment" && mount_stop && mount_start && eventually "[ -e \"$tasks/sediment\" ]" &&
	same zip "$(cat "$tasks/sediment/input/sediment")"'

# A document
listed=$(ls -A "$engagement")
edits_document()
{
	file=$engagement/engagement.json
	put maple "$engagement/title" && edit "$2" && same birch "$(cat "$engagement/title")" &&
		rm -f "$file"[.~]* && same "$listed" "$(ls -A "$engagement")"
}
pass_document()
{
	ok "$1: a document" "edits_document '$1' '${2//\'/\'\\\'\'}'"
}
each pass_document 'a document: '

# A line file, and one in settings/
edits_line()
{
	file=$engagement/title
	put maple "$file" && edit "$1" && same birch "$(cat "$file")" && rm -f "$file"[.~]* &&
		same "$listed" "$(ls -A "$engagement")"
}
edits_setting()
{
	file=$mnt/settings/folder_quiet_s
	put 5 "$file" && edit "$(sed 's/\<maple\>/5/g;s/\<birch\>/71/g;s/inplace.py/inplace2.py/' <<<"$1")" &&
		same 71 "$(cat "$file")" && rm -f "$file"[.~]* && same "$settings" "$(ls -A "$mnt/settings")"
}
sed 's/maple/5/;s/birch/71/' "$dir/inplace.py" >"$dir/inplace2.py"
settings=$(ls -A "$mnt/settings")
pass_line()
{
	ok "$1: a line file" "edits_line '${2//\'/\'\\\'\'}'"
	ok "$1: a setting" "edits_setting '${2//\'/\'\\\'\'}'"
}
each pass_line 'a line file: '

# Programs that remove what is in their way first, and then make it anew with O_EXCL
for program in 'mv -f' 'install -m 644' 'cp --remove-destination' 'cp -a --remove-destination'; do
	ok "$program from outside: a document" '
		file=$engagement/engagement.json && put maple "$engagement/title" && sed s/maple/birch/ "$file" >"$dir/new.json" &&
		edit "$program \"$dir/new.json\" \"$file\"" && same birch "$(cat "$engagement/title")" &&
		same "$listed" "$(ls -A "$engagement")"'
	ok "$program from outside: a line file" '
		file=$engagement/title && put maple "$file" && echo birch >"$dir/new" && edit "$program \"$dir/new\" \"$file\"" &&
		same birch "$(cat "$file")"'
	ok "$program from outside: what is refused" '
		file=$engagement/review_threshold && put 80 "$file" && echo 800 >"$dir/new" &&
		! $program "$dir/new" "$file" && same 80 "$(cat "$file")"'
done
ok 'a document that was only removed is still there for others' '
	op unlink "$engagement/engagement.json" && jq -e . "$engagement/engagement.json" >"$dir/no"'

# What is refused is heard
file=$engagement/review_threshold
ok 'a refused line stays out, and the editor says so' '
	put 80 "$file" && must_fail EBADMSG sed -i "s/80/eighty/" "$file" && must_fail ERANGE sed -i s/80/800/ "$file" &&
	same 80 "$(cat "$file")" && grep -F ERANGE "$engagement/error"'
ok 'two lines are refused' 'must_fail EBADMSG sed -i "1s/.*/80\n81/" "$file" && same 80 "$(cat "$file")"'
file=$engagement/engagement.json
ok 'a refused document too' '
	must_fail EBADMSG sed -i "s/\"title\": .*/\"title\": 5,/" "$file" &&
	must_fail EINVAL op append "$file" "{" && grep -F EINVAL "$engagement/error" && jq -e . "$file" >"$dir/no"'
if type vim >/dev/null 2>&1; then
	ok 'vim exits with an error' '! vim -es -u NONE "$file" -c "%s/\"title\": .*/\"title\": 5,/" -c wq'
else
	pass_over 'vim exits with an error' 'vim is not installed'
fi
ok 'a company is a document too' '
	mkdir "$mnt/companies/acme" && file=$mnt/companies/acme/company.json &&
	edit "sed -i \"s/\\\"industry\\\": null/\\\"industry\\\": \\\"ships\\\"/\" \"\$file\"" &&
	json_is "$file" ".industry == \"ships\""'
ok 'a review can be written by an editor' '
	put 100 "$engagement/review_threshold" && sample "$inbox/judged.pdf" judged &&
	wait_task judged needs_review && echo "approve looks good" >"$dir/p" &&
	cp "$dir/p" "$tasks/judged/.review.new" && mv "$tasks/judged/.review.new" "$tasks/judged/review" &&
	wait_task judged completed && grep -F "looks good" "$tasks/judged/review"'
ok 'the mount ends well' mount_stop
done_testing
