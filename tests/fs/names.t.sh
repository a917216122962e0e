#!/bin/bash
# Modes, owners, times, attributes and names: what tools set succeeds, what is kept is kept over a restart too.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq setfattr
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
put 3600 "$mnt/settings/folder_quiet_s"
sample "$inbox/warm.pdf" && wait_task warm completed && engines_stop

mtime()
{
	stat -c %Y "$1"
}

at='2001-02-03 04:05:06'
then=$(date -d "$at" +%s)
sample "$inbox/a.pdf" a
mkdir "$inbox/folder" "$inbox/folder/in"
sample "$inbox/folder/b.pdf" b
sample "$dir/local.pdf" local
eventually '[ -L "$mnt/tasks/in_progress/a" ]'
link=$mnt/tasks/in_progress/a

# everywhere COMMAND... - it succeeds on a file of each sort
everywhere()
{
	local file

	for file in "$inbox" "$inbox/a.pdf" "$inbox/a.pdf.receipt.json" "$inbox/folder" "$inbox/folder/b.pdf" "$tasks" \
		"$tasks/a" "$tasks/a/task.json" "$tasks/a/input" "$tasks/a/input/a.pdf" "$mnt" "$mnt/README.txt" \
		"$mnt/settings/task_attempts" "$mnt/engagements/default/engagement.json" "$mnt/.trash" \
		"$mnt/mcps/TENDER/manifest.json"; do
		"$@" "$file" || return 1
	done
}

ok 'chmod succeeds and changes nothing' '
	everywhere chmod 700 && same 644 "$(stat -c %a "$inbox/a.pdf")" && same 755 "$(stat -c %a "$tasks/a")"'
ok 'chown and chgrp to oneself succeed' 'everywhere chown "$(id -u):$(id -g)" && chown -h "$(id -u)" "$link"'
ok 'setting times succeeds everywhere' 'everywhere touch -d "$at"'
ok 'also on a link of a view' 'touch -h -d "$at" "$link" && [ -L "$link" ]'
ok 'an entry keeps its time' 'same "$then" "$(mtime "$inbox/a.pdf")"'
ok 'so do a folder and what is in it' '
	same "$then" "$(mtime "$inbox/folder")" && same "$then" "$(mtime "$inbox/folder/b.pdf")"'
ok 'to the millisecond' '
	touch -d "2001-02-03 04:05:06.789" "$inbox/a.pdf" &&
	same "2001-02-03 04:05:06.789000000 +0000" "$(stat -c %y "$inbox/a.pdf")" && touch -d "$at" "$inbox/a.pdf"'
ok 'a time before 1970 too' '
	touch -d "1960-01-01" "$inbox/folder/in" && same "$(date -d 1960-01-01 +%s)" "$(mtime "$inbox/folder/in")"'
ok 'cp -a keeps all times of a folder' '
	mkdir -p "$dir/tree/below" && cp "$dir/local.pdf" "$dir/tree/below/" && echo text >"$dir/tree/c.txt" &&
	touch -d "$at" "$dir/tree/below/local.pdf" "$dir/tree/c.txt" "$dir/tree/below" "$dir/tree" &&
	cp -a "$dir/tree" "$inbox/" &&
	for file in tree tree/below tree/c.txt tree/below/local.pdf; do
		same "$then" "$(mtime "$inbox/$file")" || { echo "$file"; return 1; }
	done'
ok 'a file that comes gives its folder a new time' '
	echo new >"$inbox/tree/d.txt" && [ "$(mtime "$inbox/tree")" -gt "$then" ] && touch -d "$at" "$inbox/tree" &&
	rm "$inbox/tree/d.txt" && [ "$(mtime "$inbox/tree")" -gt "$then" ] && touch -d "$at" "$inbox/tree" &&
	mv "$inbox/tree/c.txt" "$inbox/tree/e.txt" && [ "$(mtime "$inbox/tree")" -gt "$then" ] &&
	same "below e.txt" "$(echo $(ls "$inbox/tree"))" && touch -d "$at" "$inbox/tree" &&
	same "below e.txt" "$(echo $(ls "$inbox/tree"))"'
ok 'writing gives a file a new time' 'echo more >>"$inbox/tree/e.txt" && [ "$(mtime "$inbox/tree/e.txt")" -gt "$then" ]'

ok 'user attributes are kept as they are' '
	setfattr -n user.color -v "blue and\\012green" "$inbox/a.pdf" && setfattr -n user.empty "$inbox/a.pdf" &&
	same "blue and
green" "$(getfattr --only-values -n user.color "$inbox/a.pdf")" &&
	same "user.color user.empty" "$(echo $(getfattr "$inbox/a.pdf" 2>/dev/null | grep ^user))" &&
	setfattr -n user.color -v red "$inbox/folder" && setfattr -n user.note -v mine "$tasks/a" &&
	setfattr -n user.note -v ours "$mnt/engagements/default"'
ok 'of other namespaces there are none, and who lists files asks only once' '
	must_fail EOPNOTSUPP op getxattr "$inbox/a.pdf" security.selinux &&
	must_fail EOPNOTSUPP op getxattr "$inbox/a.pdf" system.posix_acl_access'
ok 'and removed' 'setfattr -x user.empty "$inbox/a.pdf" && must_fail ENODATA op getxattr "$inbox/a.pdf" user.empty'
ok 'others are refused in a way that tools know' '
	must_fail EOPNOTSUPP op setxattr "$inbox/a.pdf" security.x y && must_fail EOPNOTSUPP op setxattr "$inbox/a.pdf" trusted.x y'
ok 'they go along with a new name' '
	mv "$inbox/a.pdf" "$inbox/b.pdf" && op getxattr "$inbox/b.pdf" user.color && mv "$inbox/b.pdf" "$inbox/a.pdf" &&
	mv "$tasks/a" "$tasks/b" && same mine "$(op getxattr "$tasks/b" user.note)" && mv "$tasks/b" "$tasks/a"'
ok 'times and attributes outlive the daemon' '
	engines_go; wait_task a; sample "$inbox/folder/x.pdf" x && touch -d "$at" "$inbox/folder" &&
	mount_stop && mount_start && same "$then" "$(mtime "$inbox/folder")" && same "$then" "$(mtime "$inbox/folder/b.pdf")" &&
	same red "$(op getxattr "$inbox/folder" user.color)" && same mine "$(op getxattr "$tasks/a" user.note)" &&
	same ours "$(op getxattr "$mnt/engagements/default" user.note)" &&
	same "$(date -d 1960-01-01 +%s)" "$(mtime "$inbox/folder/in")" && same "$then" "$(mtime "$tasks/a/input/a.pdf")"'

# RENAME_NOREPLACE
echo one >"$inbox/folder/one.txt"
echo two >"$inbox/folder/two.txt"
mkdir "$mnt/engagements/one" "$mnt/engagements/two" "$mnt/experts/one" "$mnt/experts/two" "$inbox/n1" "$inbox/n2"
sample "$inbox/t1.pdf" t1
sample "$inbox/t2.pdf" t2
wait_task t1
wait_task t2
touch "$mnt/engagements/one/.engagement.json.swp" "$mnt/engagements/one/.x.swp"
ok 'RENAME_NOREPLACE leaves alone what is there' '
	for pair in "$inbox/folder/one.txt $inbox/folder/two.txt" "$inbox/n1 $inbox/n2" \
		"$mnt/engagements/one $mnt/engagements/two" "$mnt/experts/one $mnt/experts/two" "$tasks/t1 $tasks/t2" \
		"$mnt/engagements/one/.x.swp $mnt/engagements/one/.engagement.json.swp" \
		"$mnt/engagements/one/.x.swp $mnt/engagements/one/engagement.json"; do
		must_fail EEXIST op rename2 $pair || { echo "$pair"; return 1; }
	done && same one "$(cat "$inbox/folder/one.txt")" && same two "$(cat "$inbox/folder/two.txt")"'
ok 'and renames where nothing is' '
	op rename2 "$inbox/folder/one.txt" "$inbox/folder/three.txt" && op rename2 "$inbox/n1" "$inbox/n3" &&
	op rename2 "$mnt/engagements/one" "$mnt/engagements/three" && op rename2 "$mnt/experts/one" "$mnt/experts/three" &&
	op rename2 "$tasks/t1" "$tasks/t3" && op rename2 "$mnt/engagements/three/.x.swp" "$mnt/engagements/three/.y.swp"'
ok 'RENAME_EXCHANGE is not offered' '
	must_fail EINVAL op swap "$inbox/folder/two.txt" "$inbox/folder/three.txt" && must_fail EINVAL op swap "$tasks/t2" "$tasks/t3"'
ok 'there are no hard links' '
	must_fail EPERM op link "$inbox/folder/two.txt" "$inbox/folder/four.txt" && must_fail EPERM op link "$mnt/README.txt" "$mnt/r"'
ok 'no symbolic links and no devices are made' '
	must_fail EPERM op symlink x "$inbox/folder/l" && must_fail EPERM mkfifo "$inbox/folder/p"'
ok 'mknod makes an empty file, which is written later, as NFS servers do' '
	op mknod "$inbox/folder/made.txt" && same 0 "$(stat -c %s "$inbox/folder/made.txt")" &&
	must_fail EEXIST op mknod "$inbox/folder/made.txt" && echo text >"$inbox/folder/made.txt" &&
	same text "$(cat "$inbox/folder/made.txt")" && must_fail EPERM op mknod "$mnt/made"'

# Two colleagues
if [ "$(id -u)" = 0 ] && chmod 755 "$dir" && as_nobody true 2>/dev/null; then
	sample "$dir/mine.pdf" mine
	sample "$dir/his.pdf" his
	chmod 644 "$dir"/*.pdf
	both()
	{
		local name=$1

		exec 8>"$inbox/$name.pdf" && cat "$dir/mine.pdf" >&8 &&
			as_nobody cp "$dir/his.pdf" "$inbox/$name.pdf" && cat "$inbox/$name.pdf" >/dev/null &&
			echo "% more" >&8 && exec 8>&- && { cat "$dir/mine.pdf"; echo "% more"; } >"$dir/whole.pdf" &&
			wait_task "$name" && wait_task "$name-2"
	}
	ok 'the name of a file that a colleague is just writing: both become tasks, whole' '
		mount_stop && mount_start -o allow_other && chmod 755 "$dir" && both same &&
		for file in "$dir/his.pdf" "$dir/whole.pdf"; do
			cmp -s "$file" "$tasks/same/input/same.pdf" || cmp -s "$file" "$tasks/same-2/input/same.pdf" ||
				{ echo "$file is in neither"; return 1; }
		done'
	ok 'and nothing else' 'same 2 "$(ls -d "$tasks"/same* | wc -l)"'
else
	pass_over 'two colleagues' 'this needs root'
fi
ok 'the mount ends well' 'mount_stop'
done_testing
