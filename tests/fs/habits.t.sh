#!/bin/bash
# What desktops do by habit: look for their own files, put some there, read everything, throw away, drag folders in.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq python3 sqlite3
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
uid=$(id -u)
sample "$inbox/first.pdf" first
wait_task first completed || exit

n_tasks()
{
	find "$tasks" -mindepth 1 -maxdepth 1 ! -name inbox | wc -l
}

# state - all that the store knows, the processes of engines, and what the tree shows
state()
{
	sqlite3 -readonly "$src"/*.db .dump | sha256sum
	engines
	sha256sum <"$mnt/events"
	find "$mnt" | LC_ALL=C sort | sha256sum
}

# What they look for
sought=".Trash .Trash-$uid .hidden .directory .xdg-volume-info .DS_Store ._first.pdf .Spotlight-V100 .fseventsd
	.metadata_never_index .nomedia .localized desktop.ini Desktop.ini Thumbs.db ehthumbs.db autorun.inf AUTORUN.INF
	folder.jpg .git .svn .hg"
ok 'what desktops look for is nowhere' '
	for name in $sought; do
		for at in "$mnt" "$mnt/tasks" "$mnt/tasks/completed" "$inbox" "$tasks" "$tasks/first" "$mnt/engagements" "$mnt/settings"; do
			must_fail ENOENT stat "$at/$name" || return 1
		done
	done'
ok 'no trash can be made at the top' '
	must_fail EPERM op mkdir "$mnt/.Trash-$uid" && must_fail EPERM op mkdir "$mnt/.Trash" &&
	must_fail EPERM op create "$mnt/.hidden" && must_fail EPERM op create "$mnt/.xdg-volume-info"'

# What they put there
ok 'what desktops put into a folder becomes no task' '
	n=$(n_tasks) && for name in $sought; do
		case $name in
		folder.jpg | *[A-Z]*.INF | Desktop.ini | ehthumbs.db) ;;
		*) echo x >"$inbox/$name" && same x "$(cat "$inbox/$name")" || return 1 ;;
		esac
	done && sample "$inbox/fence.pdf" fence && wait_task fence completed && same "$((n + 1))" "$(n_tasks)"'
ok 'nor does a trash in the inbox' '
	put 0 "$mnt/settings/folder_quiet_s" && n=$(n_tasks) && rm "$inbox/.Trash-$uid" &&
	mkdir -p "$inbox/.Trash-$uid/files" "$inbox/.Trash-$uid/info" && sample "$inbox/.Trash-$uid/files/x.pdf" x &&
	mkdir "$inbox/after" && sample "$inbox/after/y.pdf" y && eventually "[ -e \"$tasks/after\" ]" && wait_task after &&
	same "$((n + 1))" "$(n_tasks)" && rm -r "$inbox/.Trash-$uid"'
ok 'moved out of it, a file is dropped' '
	mkdir "$inbox/.~tmp~" && sample "$inbox/.~tmp~/moved.pdf" moved && [ ! -e "$tasks/moved" ] &&
	mv "$inbox/.~tmp~/moved.pdf" "$inbox/" && wait_task moved completed && rmdir "$inbox/.~tmp~"'
ok 'a folder that gets a final name is submitted' '
	mkdir "$inbox/later.part" && sample "$inbox/later.part/z.pdf" z && mv "$inbox/later.part" "$inbox/later" &&
	eventually "[ -e \"$tasks/later\" ]" && wait_task later && [ -f "$tasks/later/input/z.pdf" ]'

# What they throw away
if type gio >/dev/null 2>&1; then
	ok 'what is thrown into a trash that cannot be stays' '
		engines_stop && sample "$inbox/trashed.pdf" trashed &&
		for path in "$inbox/trashed.pdf" "$tasks/first" "$mnt/tasks/completed/first" \
			"$mnt/engagements/default/engagement.json"; do
			! gio trash "$path" && [ -e "$path" ] || return 1
		done; engines_go; wait_task trashed completed'
else
	pass_over 'what is thrown into a trash that cannot be stays' 'gio is not installed'
fi
ok 'rm -r, which they offer then, moves a task into .trash' '
	rm -r "$tasks/later" && [ -d "$mnt/.trash/later@default" ] && [ ! -e "$tasks/later" ]'

# What they read. The last cases may still be told of.
was=
ok 'the platform comes to rest' '
	eventually "now=\$(state) && [ \"\$now\" = \"\$was\" ] || { was=\$now && false; }" && engines >"$dir/engines"'
# reads NAME COMMANDS - they read, print no error, and leave everything as it was
reads()
{
	ok "$1 changes nothing" "
		($2) >\"\$dir/read\" 2>\"\$dir/complained\"; same '' \"\$(cat \"\$dir/complained\")\" && same \"\$was\" \"\$(state)\""
}
reads 'ls -lR' 'ls -lR "$mnt"'
reads 'find and cat' 'find "$mnt" -type f -readable ! -perm 0200 -exec cat {} +'
reads 'grep -r' 'grep -r nothing-like-that "$mnt" || [ $? = 1 ]'
reads 'du' 'du -a "$mnt"'
reads 'cp -r' 'cp -r "$mnt" "$dir/copy" && rm -rf "$dir/copy"'
reads 'cp -a' 'cp -a "$mnt" "$dir/copy" && rm -rf "$dir/copy"'
reads 'tar' 'tar -cf - -C "$mnt" . | cat'
reads 'sha256sum' 'find "$mnt" -type f -exec sha256sum {} +'
reads 'getfattr' 'getfattr -R -d "$mnt"'
reads 'a search engine' 'python3 - "$mnt" <<<"
import os, sys
for path, dirs, files in os.walk(sys.argv[1]):
    for name in files:
        fd = os.open(os.path.join(path, name), os.O_RDONLY | os.O_NOATIME | os.O_NOFOLLOW | os.O_NONBLOCK)
        while os.read(fd, 65536):
            pass
        os.close(fd)
"'
if type rsync >/dev/null 2>&1; then
	reads 'rsync' 'rsync -aX "$mnt/" "$dir/copy" && rm -rf "$dir/copy"'
else
	pass_over 'rsync' 'rsync is not installed'
fi
if type file >/dev/null 2>&1; then
	reads 'file' 'find "$mnt" -type f -exec file {} +'
else
	pass_over 'file' 'file is not installed'
fi
if type gio >/dev/null 2>&1; then
	reads 'gio tree and info' 'gio tree -h "$mnt" && gio info "$inbox" && find "$mnt" -maxdepth 3 -exec gio info {} \;'
else
	pass_over 'gio tree and info' 'gio is not installed'
fi

# What they drag in: a folder with folders in it, and what desktops left there
bundle=$dir/bundle
mkdir -p "$bundle/annex/deep" "$bundle/.git/objects"
sample "$bundle/rfp.pdf" rfp
sample "$bundle/annex/one.pdf" one
sample "$bundle/annex/deep/two.pdf" two
touch -d 2024-05-06T07:08:09 "$bundle/annex/deep/two.pdf"
echo x | tee "$bundle/.DS_Store" "$bundle/annex/Thumbs.db" "$bundle/.git/config" "$bundle/.git/objects/ab" >"$dir/no"
mkdir "$dir/clean"
(cd "$bundle" && cp -p --parents rfp.pdf annex/one.pdf annex/deep/two.pdf "$dir/clean/")
# drags NAME PROGRAM COMMANDS - they bring $bundle into the inbox as NAME: one task with the documents
drags()
{
	if ! type "$2" >/dev/null 2>&1; then
		pass_over "$1: a folder" "$2 is not installed"
		return
	fi
	ok "$1: a folder" "
		name=$1 && to=\$inbox/$1 && ($3) >\"\$dir/said\" 2>\"\$dir/complained\" </dev/null && same '' \"\$(cat \"\$dir/complained\")\" &&
		eventually '[ -e \"\$tasks/\$name\" ]' && wait_task $1 completed && diff -r \"\$dir/clean\" \"\$tasks/$1/input\" &&
		same 1 \"\$(ls -d \"\$tasks/$1\"* | wc -l)\""
}
put 1 "$mnt/settings/folder_quiet_s"
drags cp cp 'cp -r "$bundle" "$to"'
drags cp-a cp 'cp -a "$bundle" "$to"'
drags rsync rsync 'rsync -r "$bundle/" "$to"'
drags rsync-a rsync 'rsync -a --delay-updates "$bundle/" "$to"'
drags tar tar 'tar -cC "$dir" --transform "s,^bundle,$name," bundle | tar -xC "$inbox"'
drags unzip unzip 'cp -r "$bundle" "$dir/$name" && cd "$dir" && zip -qr "$name.zip" "$name" && unzip -q "$name.zip" -d "$inbox"'
drags 7z 7z 'cp -r "$bundle" "$dir/$name" && cd "$dir" && 7z a "$name.7z" "$name" && 7z x -o"$inbox" "$name.7z"'
drags busybox busybox 'busybox cp -a "$bundle" "$to"'
drags mv mv 'cp -a "$bundle" "$dir/$name" && mv "$dir/$name" "$inbox/"'
drags python python3 'python3 -c "import shutil, sys; shutil.copytree(*sys.argv[1:])" "$bundle" "$to"'
drags kioclient kioclient5 '
	export QT_LOGGING_RULES="*=false" XDG_RUNTIME_DIR="$dir/kio" && mkdir -m 700 "$dir/kio" && cp -a "$bundle" "$dir/$name" &&
	kioclient5 --platform offscreen --noninteractive copy "file://$dir/$name" "file://$inbox/"'
drags gio gio '
	cd "$bundle" && find . -type d | while read -r at; do gio mkdir "$to/$at"; done &&
	find . -type f | while read -r at; do gio copy -p "$at" "$to/$at" >"$dir/no"; done'
drags git git '
	cd "$dir" && git init -q repository && cp -r clean/. repository && cd repository && git add . &&
	git -c user.name=a -c user.email=a@b commit -qm a && git clone -q . "$to" && cd "$to" &&
	same "" "$(git status --short)"'
ok 'the documents of a folder keep their times' '
	same "$(stat -c %Y "$bundle/annex/deep/two.pdf")" "$(stat -c %Y "$tasks/cp-a/input/annex/deep/two.pdf")" &&
	same "$(stat -c %Y "$bundle/annex/deep/two.pdf")" "$(stat -c %Y "$tasks/rsync-a/input/annex/deep/two.pdf")"'

if type soffice >/dev/null 2>&1; then
	ok 'LibreOffice writes a PDF into the inbox' '
		seq -f "Request for Proposal line %g" 30 >"$dir/letter.txt" && n=$(n_tasks) &&
		soffice --headless --convert-to pdf --outdir "$inbox" "$dir/letter.txt" &&
		eventually "[ -e \"$tasks/letter\" ]" && timeout 60 cat "$tasks/letter/wait.review" &&
		same "%PDF" "$(head -c 4 "$tasks/letter/input/letter.pdf")" && same "$((n + 1))" "$(n_tasks)"'
else
	pass_over 'LibreOffice writes a PDF into the inbox' 'LibreOffice is not installed'
fi
ok 'the mount ends well' mount_stop
done_testing
