#!/bin/bash
# A folder in an inbox behaves as a directory does everywhere, call by call. What does not apply, and why, stands in
# tests/fs/posix-exceptions. Each line of a case is one call: the errno that it meets, or 0, and the call.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
mount_start || exit
put 3600 "$mnt/settings/folder_quiet_s"
mkdir "$mnt/tasks/inbox/posix"
cd "$mnt/tasks/inbox/posix" || exit 1
n255=$(printf '%0255d' 0)
# shellcheck disable=SC2034  # calls evaluates them
latin=$'\xff' lines=$'a\nb'
long=$(printf 'd/%.0s' {1..2100})

# calls - each line of stdin: ERRNO OPERATION ARGUMENT...
calls()
{
	local want line

	while read -r want line; do
		[ -n "$want" ] || continue
		if [ "$want" = 0 ]; then
			eval "op $line" || { echo "$line"; return 1; }
		else
			eval "must_fail $want op $line" || { echo "$line"; return 1; }
		fi
	done
}

# paths OPERATION [ARGUMENT...] - what every call answers to a wrong path; f is a file
paths()
{
	local call=$1

	shift
	echo x >f
	calls <<-END
		ENOENT $call none/x $*
		ENOTDIR $call f/x $*
		ENAMETOOLONG $call ${n255}0 $*
		ENAMETOOLONG $call ${long}x $*
		ENOENT $call '' $*
	END
}

# grows BEFORE AFTER - the first time is older; times have a millisecond
grows()
{
	[ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -n | head -n 1)" = "$1" ]
}

mtime()
{
	stat -c %.Y "$1"
}

# renews COMMANDS - COMMANDS give this directory a new time; times are in milliseconds
renews()
{
	local before

	before=$(mtime .)
	sleep 0.002
	eval "$1" && grows "$before" "$(mtime .)"
}

ok 'open: files are made, opened, refused' 'paths open O_CREAT,O_WRONLY && rm -f f && mkdir d && calls <<-END
	ENOENT open f O_RDONLY
	0 open f O_CREAT,O_WRONLY
	0 open f O_RDONLY
	0 open f O_CREAT,O_RDWR
	EEXIST open f O_CREAT,O_EXCL,O_WRONLY
	EEXIST open d O_CREAT,O_EXCL,O_WRONLY
	EISDIR open d O_WRONLY
	EISDIR open d O_RDWR
	EISDIR open d O_CREAT,O_WRONLY
	EISDIR open d O_WRONLY,O_TRUNC
	0 open d O_RDONLY,O_DIRECTORY
	ENOTDIR open f O_RDONLY,O_DIRECTORY
	EOPNOTSUPP open d O_TMPFILE,O_WRONLY
	0 open $n255 O_CREAT,O_WRONLY
	0 unlink $n255
	EILSEQ open "\$latin" O_CREAT,O_WRONLY
	EINVAL open "\$lines" O_CREAT,O_WRONLY
END
'
ok 'open: O_TRUNC empties, O_APPEND appends, neither changes what is there without' '
	op write f abc && same 3 "$(stat -c %s f)" && op append f de && same abcde "$(cat f)" &&
	op open f O_RDWR && same abcde "$(cat f)" && op open f O_WRONLY,O_TRUNC && same 0 "$(stat -c %s f)" &&
	exec 7>>f 8>>f && echo 1 >&7 && echo 2 >&8 && echo 3 >&7 && exec 7>&- 8>&- && same "1 2 3" "$(echo $(cat f))"'
ok 'open: a link is not followed when that is asked' '
	sample "$mnt/tasks/inbox/l.pdf" && wait_task l && must_fail ELOOP op open "$mnt/tasks/completed/l" O_RDONLY,O_NOFOLLOW'
ok 'open: a file is seen as it grows, by others too' '
	exec 7>g && echo 12345 >&7 && same 6 "$(stat -c %s g)" && same 12345 "$(cat g)" && echo 678 >&7 &&
	same 10 "$(stat -c %s g)" && exec 7>&- && same "12345 678" "$(echo $(cat g))"'
ok 'open: a new file gives its directory a new time, an old one does not' '
	renews "op create h" && before=$(mtime .) && op write h text && same "$before" "$(mtime .)"'
ok 'mkdir' 'paths mkdir && rm -f f && calls <<-END
	EEXIST mkdir d
	0 mkdir d/e
	EEXIST mkdir h
	0 mkdir $n255
	0 rmdir $n255
	EEXIST mkdir .
END
	renews "op mkdir i" && same "directory 2" "$(stat -c "%F %h" i)" && same "" "$(ls -A i)"'
ok 'rmdir' 'paths rmdir && calls <<-END
	ENOENT rmdir none
	ENOTDIR rmdir f
	ENOTEMPTY rmdir d
	EINVAL rmdir d/.
	ENOTEMPTY rmdir d/e/..
	0 rmdir d/e
	0 create d/x
	ENOTEMPTY rmdir d
	0 unlink d/x
	EBUSY rmdir $mnt
END
	renews "op rmdir d" && renews "op rmdir i" && must_fail ENOENT op rmdir d'
ok 'unlink' 'paths unlink && mkdir d && calls <<-END
	ENOENT unlink none
	EISDIR unlink d
	0 unlink f
	ENOENT unlink f
	0 create f
END
	renews "op unlink f"'
ok 'unlink: who has it open reads and writes on' '
	echo text >u && same "5 0" "$(op unlinked u)" && [ ! -e u ] && echo text >u && exec 7<u && rm u &&
	same text "$(cat <&7)" && exec 7<&- && exec 7>u && echo one >&7 && rm u && echo two >u && echo three >&7 &&
	exec 7>&- && same two "$(cat u)"'
ok 'unlink: a directory that somebody is in goes' '
	mkdir in && (cd in && rmdir ../in && must_fail ENOENT op create x && must_fail ENOENT op mkdir y) && [ ! -e in ]'
ok 'rename' 'paths rename g2 && rm -f f && echo one >a && echo two >b && mkdir e1 e2 e2/full && calls <<-END
	ENOENT rename none c
	0 rename a c
	ENOENT rename a c
	0 rename c c
	ENOENT rename c none/c
	ENOTDIR rename c b/c
	ENAMETOOLONG rename c ${n255}0
	0 rename c $n255
	0 rename $n255 c
	EISDIR rename c e1
	ENOTDIR rename e1 c
	ENOTEMPTY rename e1 e2
	EINVAL rename e2 e2/full/below
	EBUSY rename e2/. x
	EBUSY rename e1 e2/full/..
	EXDEV rename e1 e2/moved
	EXDEV rename c $dir/c
	EXDEV rename $log c
	EEXIST rename2 b c
	0 rename b c
	0 rename e1 e3
	0 rmdir e2/full
	0 rename e3 e2
END
	same two "$(cat c)" && [ ! -e b ] && same "c d e2 g h u" "$(echo $(ls))"'
ok 'rename: the directory gets a new time, the file keeps its own' '
	before=$(mtime c) && renews "op rename c k" && same "$before" "$(mtime k)" && same two "$(cat k)"'
ok 'rename: an open file goes along' '
	exec 7<>k && op rename k m && echo TWO >&7 && exec 7>&- && same TWO "$(cat m)" && [ ! -e k ]'
ok 'rename: over an open file, whose readers and writers keep it' '
	echo old >o && exec 7<>o && echo new >p && op rename p o && same old "$(cat <&7)" && echo more >&7 && exec 7>&- &&
	same new "$(cat o)" && echo old >o && exec 7>p && echo wanted >&7 && op rename o p && exec 7>&- && same old "$(cat p)"'
ok 'rename: a file that was just written, over and over' '
	for i in 1 2 3 4 5; do echo "$i" >.s.tmp && mv .s.tmp s && same "$i" "$(cat s)" || return 1; done && [ ! -e .s.tmp ]'
ok 'link, symlink, mkfifo, mknod' 'echo x >f && calls <<-END
	EPERM link f f2
	EPERM symlink f f2
	EPERM mkfifo f2
	EEXIST mkfifo f
	EEXIST symlink x f
	EEXIST link m f
	ENOENT link none f2
	0 mknod f2
	EEXIST mknod f2
	ENOTDIR mknod f/x
	ENAMETOOLONG mknod ${n255}0
	0 unlink f2
END
'
for call in truncate ftruncate; do
	ok "$call" 'paths '$call' 1 && mkdir t1 && op write t abcdef && calls <<-END
		EISDIR '$call' t1 0
		EINVAL '$call' t -1
		0 '$call' t 6
		0 '$call' t 3
END
	same abc "$(cat t)" && op '$call' t 8 && same "$(printf "abc\0\0\0\0\0" | od -c)" "$(od -c t)" &&
	op '$call' t 0 && [ ! -s t ] && op '$call' t 1000000 && same 1000000 "$(stat -c %s t)" && rmdir t1 &&
	before=$(mtime t) && sleep 0.002 && op '$call' t 5 && grows "$before" "$(mtime t)"'
done
ok 'truncate: what is open sees it' 'exec 7<>t && op truncate t 2 && same 2 "$(stat -L -c %s /dev/fd/7)" && exec 7>&-'
ok 'posix_fallocate' 'op write t ab && op fallocate t 10 && same 10 "$(stat -c %s t)" && must_fail EINVAL op fallocate t 0'
ok 'chmod, chown and utimensat answer wrong paths as others do' '
	paths chmod 600 && paths chown 0 && paths utimes 1 && calls <<-END
	0 chmod f 600
	0 chown f $(id -u)
	0 utimes f 1000
	0 utimes f -1000
	0 utimes . 1000
	0 chmod . 700
END
	same -1000 "$(stat -c %Y f)" && same 644 "$(stat -c %a f)" && op utimes f 4102444800 && same 4102444800 "$(stat -c %Y f)"'
ok 'times: writing sets them, reading does not' '
	op utimes f 1000 && cat f >/dev/null && same "1000 1000" "$(stat -c "%X %Y" f)" && echo more >>f &&
	[ "$(stat -c %Y f)" -gt 1000 ] && op utimes f 1000 && touch f && [ "$(stat -c %Y f)" -gt 1000 ]'
ok 'a file has the bytes where they were written' '
	printf 12345 | dd of=w bs=1 seek=10 conv=notrunc status=none && same 15 "$(stat -c %s w)" &&
	printf AB | dd of=w bs=1 seek=2 conv=notrunc status=none &&
	same "$(printf "\0\0AB\0\0\0\0\0\00012345" | od -c)" "$(od -c w)"'
ok 'a listing is whole: none twice, none missing, . and .. too' '
	mkdir many && (cd many && for i in $(seq 300); do echo "$i" >"f$i" || exit 1; done) &&
	same 300 "$(ls many | sort -u | wc -l)" && same 302 "$(ls -a many | wc -l)" && rm -r many && [ ! -e many ]'
ok 'a name is free again after its file went, whatever it was' '
	op create z && op unlink z && op mkdir z && op rmdir z && op create z && op rename z y && op mkdir z && op rmdir z'
cd / || exit 1
ok 'what is left is removed as any tree' 'rm -r "$mnt/tasks/inbox/posix" && [ ! -e "$mnt/tasks/inbox/posix" ]'
ok 'the mount ends well' 'mount_stop'
done_testing
