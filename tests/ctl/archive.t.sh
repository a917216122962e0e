#!/bin/bash
# 0711ctl dump and load: a whole platform as one archive, taken while it works, and the same elsewhere.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
other=$dir/other

ctl()
{
	"$build/0711ctl" "$@"
}

# ends STATUS COMMAND... - true when the command ends so
ends()
{
	local wanted=$1

	shift
	"$@"
	same "$wanted" $?
}

# unpack SOURCE DIR - all that is in a dump of SOURCE, without what tells of the moment
unpack()
{
	rm -rf "$2" && mkdir "$2" "$2/blobs" && ctl dump "$1" "$2.tar" && tar -xf "$2.tar" -C "$2" && rm "$2.tar" "$2/0711.json"
}

# same_platform SOURCE SOURCE - all rows and documents are; row ids may have been given ahead
same_platform()
{
	unpack "$1" "$dir/a" && unpack "$2" "$dir/b" && diff -r "$dir/a/rows" "$dir/b/rows" && diff -r "$dir/a/blobs" "$dir/b/blobs"
}

ok 'a platform with something of everything' '
	mkdir "$mnt/experts/ada" "$mnt/companies/acme" "$mnt/engagements/contract" || return 1
	for name in one two three; do sample "$dir/$name.pdf" $name && cp "$dir/$name.pdf" "$inbox/" || return 1; done
	wait_task one && wait_task two && wait_task three &&
	put 100 "$mnt/engagements/contract/review_threshold" && sample "$dir/judged.pdf" judged && cp "$dir/judged.pdf" "$mnt/engagements/contract/tasks/inbox/" &&
	wait_task "$mnt/engagements/contract/tasks/judged" needs_review && put 7 "$mnt/settings/trash_days" && rm -r "$tasks/three" &&
	mkdir "$dir/offer" && sample "$dir/offer/a.pdf" a && cp -r "$dir/offer" "$inbox/" && eventually "[ -d $tasks/offer ]" && wait_task offer &&
	{ setfattr -n user.note -v "a note" "$tasks/one/input/one.pdf" 2>/dev/null || true; }'

# While it works
drop_many()
{
	local i

	for i in $(seq 1 60); do
		printf '%%PDF-1.4 %s\n' "$i" >"$inbox/load-$i.pdf"
	done
}
ok 'dump under load: whole each time' '
	drop_many & many=$!
	for i in 1 2 3 4; do ends 0 ctl dump "$src" "$dir/load-$i.tar.zst" || return 1; done
	wait $many'
ok 'each is a platform that is sound and can be mounted' '
	for i in 1 2 3 4; do
		ends 0 ctl load "$dir/copy-$i" "$dir/load-$i.tar.zst" && ctl fsck "$dir/copy-$i" >said; status=$?
		cat said; [ $status = 0 ] || [ $status = 4 ] && ! grep -v "^lease:\|problems, [0-9]* remain" said || return 1
	done'
purge_some()
{
	local i

	for i in $(seq 1 60); do
		rm -rf "$tasks/load-$i" "$inbox/load-$i.pdf.receipt.json"
		rm -rf "$mnt/.trash/load-$i@default"
	done
}
ok 'and so it is while tasks go for ever' '
	for i in $(seq 1 60); do wait_task load-$i >/dev/null || return 1; done
	purge_some & many=$!
	for i in 1 2 3 4 5 6; do ends 0 ctl dump "$src" "$dir/purge-$i.tar" && rm -rf "$dir/copy" && ends 0 ctl load "$dir/copy" "$dir/purge-$i.tar" && ends 0 ctl fsck "$dir/copy" || break; done
	wait $many && [ "$i" = 6 ] && ends 0 ctl fsck "$dir/copy"'
ok 'the mount has seen nothing of it' 'cmp one.pdf "$tasks/one/input/one.pdf" && ends 0 ctl fsck "$src" && ! grep "^0711fs: \(warn\|error\)" "$log"'

# Elsewhere
ok 'the same, row for row, elsewhere' '
	cp -r "$tasks/one" "$dir/seen" 2>/dev/null; stat -c %i "$tasks/one" "$tasks/one/input/one.pdf" >inodes && cat "$mnt/settings/trash_days" >days && mount_stop && ctl dump "$src" | ctl load "$other" && same_platform "$src" "$other" && ends 0 ctl fsck "$other" &&
	[ "$(jq .next_row "$dir/b/end.json")" -ge "$(jq .next_row "$dir/a/end.json")" ]'
ok 'and in the mount' '
	mv "$src" "$dir/was" && mv "$other" "$src" && mount_start && stat -c %i "$tasks/one" "$tasks/one/input/one.pdf" | diff inodes - && diff "$mnt/settings/trash_days" days &&
	diff -r "$dir/seen/input" "$tasks/one/input" && diff "$dir/seen/result.json" "$tasks/one/result.json" && diff "$dir/seen/task.json" "$tasks/one/task.json" && diff "$dir/seen/events.jsonl" "$tasks/one/events.jsonl" &&
	cmp three.pdf "$mnt/.trash/three@default/input/three.pdf" && cmp offer/a.pdf "$tasks/offer/input/a.pdf" && same needs_review "$(cat "$mnt/engagements/contract/tasks/judged/status")" && [ -d "$mnt/experts/ada" ]'
ok 'which goes on from there' '
	sample "$dir/new.pdf" new && cp new.pdf "$inbox/" && wait_task new completed && [ "$(stat -c %i "$tasks/new")" -gt "$(sort -n inodes | tail -n 1)" ] &&
	mv "$mnt/tasks/needs_review/judged@contract" "$mnt/tasks/completed/" && same completed "$(cat "$mnt/engagements/contract/tasks/judged/status")" && mount_stop && ends 0 ctl fsck "$src" && rm -rf "$src" && mv "$dir/was" "$src"'

# Archives
ok 'the archive is private, and compressed as its name says' '
	for name in x.tar x.tar.gz x.tgz x.tar.zst x; do ends 0 ctl dump "$src" "$name" && same 600 "$(stat -c %a $name)" && rm -rf "$dir/copy" && ends 0 ctl load "$dir/copy" "$name" || return 1; done
	tar -tf x.tar | head -n 1 | grep -x 0711.json && same 1f8b "$(head -c 2 x.tar.gz | od -An -tx1 | tr -d " ")" && same 28b52ffd "$(head -c 4 x | od -An -tx1 | tr -d " ")" && same "" "$(ls *.part 2>/dev/null)"'
ok 'a dump that fails leaves the old archive' 'was=$(sha_of x.tar) && chmod 755 "$dir" && ends 3 ctl dump "$dir/nothing" x.tar && same "$was" "$(sha_of x.tar)" && ends 3 ctl dump "$src" - >/dev/full'
ok 'load is refused where a platform is' 'was=$(sha_of "$dir/copy/platform.db") && ends 3 ctl load "$dir/copy" x.tar 2>said && grep "holds a platform already" said && same "$was" "$(sha_of "$dir/copy/platform.db")"'
ok 'and where it is mounted, with the pid' 'mount_start && ends 3 ctl load "$src" x.tar 2>said && grep -wF "$daemon" said && mount_stop'

# nothing_in DIR - no platform and no document is there
nothing_in()
{
	[ ! -e "$1/platform.db" ] && [ ! -e "$1/blobs" ] && [ ! -e "$1/loading" ]
}
ok 'an archive that is cut off leaves nothing' '
	for part in 20 50 90 99; do
		head -c $(($(stat -c %s x.tar) * part / 100)) x.tar >cut.tar
		ends 3 ctl load "$dir/cut" cut.tar && nothing_in "$dir/cut" || return 1
		head -c $(($(stat -c %s x) * part / 100)) x >cut
		ends 3 ctl load "$dir/cut" cut && nothing_in "$dir/cut" || return 1
	done'
# made FILTER - an archive of the files of x.tar after FILTER changed them
made()
{
	rm -rf "$dir/files" && mkdir "$dir/files" && tar -xf x.tar -C "$dir/files" && (cd "$dir/files" && eval "$1" && tar -cf ../made.tar 0711.json blobs/* rows/* end.json)
}
ok 'so does one whose bytes are not right' '
	made "printf x | dd of=\$(ls blobs/* | head -n 1) bs=1 seek=3 conv=notrunc 2>/dev/null" && ends 3 ctl load "$dir/cut" made.tar 2>said && grep "is damaged in the archive" said && nothing_in "$dir/cut" &&
	made "rm \$(ls blobs/* | head -n 1)" && ends 3 ctl load "$dir/cut" made.tar && nothing_in "$dir/cut" &&
	made "sed -i 1d rows/task.jsonl" && ends 3 ctl load "$dir/cut" made.tar 2>said && grep "rows of task" said && nothing_in "$dir/cut" &&
	made "sed -i \"s/completed/finished/\" rows/task.jsonl" && ends 3 ctl load "$dir/cut" made.tar && nothing_in "$dir/cut" &&
	made "sed -i \"s/\\\"version\\\": 1/\\\"version\\\": 2/\" 0711.json" && ends 3 ctl load "$dir/cut" made.tar 2>said && grep newer said && nothing_in "$dir/cut" &&
	made "echo x >rows/passwd.jsonl" && ends 3 ctl load "$dir/cut" made.tar && nothing_in "$dir/cut"'
ok 'what is no hash is refused, in a row and among the lost' '
	made "jq -c \".sha256 += \\\"00\\\"\" rows/document.jsonl >rows/d && mv rows/d rows/document.jsonl" && ends 3 ctl load "$dir/cut" made.tar 2>said && grep "is no SHA-256" said && nothing_in "$dir/cut" &&
	made "jq \".lost = [\\\"\\\"]\" end.json >end && mv end end.json" && ends 3 ctl load "$dir/cut" made.tar 2>said && grep "is no SHA-256" said && nothing_in "$dir/cut"'
ok 'and one that is none' 'for file in /dev/null "$top/samples/city-website-rfp.pdf" "$top/scripts/lint"; do ends 3 ctl load "$dir/cut" "$file" && nothing_in "$dir/cut" || return 1; done'
ok 'tar of the same files does' 'made true && rm -rf "$dir/copy" && ends 0 ctl load "$dir/copy" made.tar && same_platform "$src" "$dir/copy"'
ok 'a document that no row names any more stays behind' '
	made "printf gone >gone && mv gone blobs/\$(sha256sum gone | cut -c -64) && jq \".blobs += 1\" end.json >end && mv end end.json" &&
	rm -rf "$dir/copy" && ends 0 ctl load "$dir/copy" made.tar && ends 0 ctl fsck "$dir/copy"'
# The pipe is held open behind half of the archive, so that load waits for the rest until it is killed.
ok 'a load that is killed is begun anew' '
	mkfifo pipe
	{ head -c $(($(stat -c %s x.tar) / 2)) x.tar; sleep 10; } >pipe & feeder=$!
	"$build/0711ctl" load "$dir/late" - <pipe & loader=$!
	eventually "[ -d $dir/late/loading ]" && kill -9 $loader && wait $loader 2>/dev/null
	kill $feeder; [ ! -e "$dir/late/platform.db" ] && ends 0 ctl load "$dir/late" x.tar && same_platform "$src" "$dir/late" && [ ! -e "$dir/late/loading" ] && ends 0 ctl fsck "$dir/late"'
ok 'what is lost is told, and the rest goes along' '
	cp -a "$src" "$dir/poor" && sha=$(sha_of one.pdf) && rm "$dir/poor/blobs/${sha:0:2}/${sha:2}" && ends 1 ctl dump "$dir/poor" poor.tar 2>said && grep "$sha" said &&
	ends 1 ctl load "$dir/poorer" poor.tar >said && grep "$sha" said && { ctl fsck "$dir/poorer" || [ $? = 1 ]; } >said && grep "^lost: .*one.pdf" said'
ok 'a platform without tasks too' 'mkdir "$dir/bare" "$dir/at" && "$build/0711fs" "$dir/bare" "$dir/at" && fusermount3 -u "$dir/at" && eventually "ctl dump $dir/bare bare.tar" && ends 0 ctl load "$dir/bare2" bare.tar && same_platform "$dir/bare" "$dir/bare2"'
done_testing
