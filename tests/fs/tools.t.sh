#!/bin/bash
# Every way to put a file there, a row for each program: none says a word against it, each makes one task with the bytes.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need jq python3
mount_start || exit
inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks

# row NAME PROGRAM KEEPS OVER COMMANDS
# KEEPS  time: the file has the time of what was copied; -: a time of its own
# OVER   what the same COMMANDS do to an entry that is there: same: its task has the new bytes; anew: the former task is
#        cancelled, since the program removes before it writes; -: they are for new names only
# COMMANDS bring $from, which is called $name and stands in the working directory, into $inbox as $to
rows=()
row()
{
	rows+=("$@")
}

row cat cat - same 'cat "$from" >"$to"'
row touch touch - same 'touch "$to" && cat "$from" >"$to"'
row noclobber cat - - '(set -C; cat "$from" >"$to")'
row cp cp - same 'cp "$from" "$to"'
row cp-p cp time same 'cp -p "$from" "$to"'
row cp-a cp time same 'cp -a "$from" "$to"'
row cp-xattr setfattr time same '{ setfattr -n user.origin -v mail "$from" 2>"$dir/no" || true; } && cp -a "$from" "$to"'
row cp-remove cp - anew 'cp --remove-destination "$from" "$to"'
row cp-sparse cp - same 'cp --sparse=always "$from" "$to"'
row mv mv time anew 'mv "$from" "$to"'
row mv-part mv - same 'cp "$from" "$to.part" && mv "$to.part" "$to"'
row install install - anew 'install -m 600 "$from" "$to"'
row install-p install time anew 'install -p "$from" "$to"'
row dd dd - same 'dd if="$from" of="$to" bs=4k status=none'
row dd-fsync dd - same 'dd if="$from" of="$to" bs=1k conv=fsync status=none'
row tee tee - same 'tee "$to" <"$from" >/dev/null'
row busybox-cp busybox - same 'busybox cp "$from" "$to"'
row busybox-cp-p busybox time same 'busybox cp -p "$from" "$to"'
row busybox-mv busybox time anew 'busybox mv "$from" "$to"'
row busybox-tar busybox time anew 'busybox tar -cf - "$name" | busybox tar -xf - -C "$inbox"'
row tar tar time anew 'tar -cf - "$name" | tar -xf - -C "$inbox"'
row tar-overwrite tar time same 'tar -cf - "$name" | tar --overwrite -xf - -C "$inbox"'
row bsdtar bsdtar time anew 'bsdtar -cf - "$name" | bsdtar -xf - -C "$inbox"'
row cpio cpio time anew 'echo "$name" | cpio -o --quiet 2>/dev/null | (cd "$inbox" && cpio -imu --quiet)'
row unzip unzip time anew 'rm -f x.zip && zip -q x.zip "$name" && unzip -qo x.zip -d "$inbox"'
row 7z 7z time anew 'rm -f x.7z && 7z a x.7z "$name" && 7z x -aoa -o"$inbox" x.7z'
row rsync rsync time same 'rsync -a "$from" "$inbox/"'
row rsync-inplace rsync time same 'rsync -t --inplace "$from" "$inbox/"'
row rsync-whole rsync - same 'rsync -W "$from" "$inbox/"'
row rsync-partial rsync time same 'rsync -a --partial "$from" "$inbox/"'
row rsync-partial-dir rsync time same 'rsync -a --partial-dir=.rsync-partial "$from" "$inbox/"'
row rsync-delay rsync time same 'rsync -a --delay-updates "$from" "$inbox/"'
row rsync-all rsync time same 'rsync -aAXHS "$from" "$inbox/"'
row rsync-append rsync time - 'rsync -a --append "$from" "$inbox/"'
row rsync-backup rsync time - 'rsync -ab "$from" "$inbox/"'
row rsync-fsync rsync time same 'rsync -a --fsync "$from" "$inbox/"'
row rsync-ssh rsync time same 'rsync -a -e "$dir/ssh" "$from" "localhost:$inbox/"'
row scp /usr/lib/openssh/sftp-server - same 'scp -q -S "$dir/ssh" "$from" "localhost:$to"'
row scp-p /usr/lib/openssh/sftp-server time same 'scp -qp -S "$dir/ssh" "$from" "localhost:$to"'
row scp-O scp - same 'scp -qO -S "$dir/ssh" "$from" "localhost:$to"'
row scp-Op scp time same 'scp -qOp -S "$dir/ssh" "$from" "localhost:$to"'
row sftp /usr/lib/openssh/sftp-server - same 'echo "put \"$from\" \"$to\"" | sftp -q -b - -S "$dir/ssh" localhost'
row sftp-p /usr/lib/openssh/sftp-server time same 'echo "put -fp \"$from\" \"$to\"" | sftp -q -b - -S "$dir/ssh" localhost'
row curl curl - same 'curl -sS -o "$to" "$url/$name"'
row curl-R curl time same 'curl -sS -R -o "$to" "$url/$name"'
row curl-T curl - same 'curl -sS -T "$from" "file://$to"'
row wget wget time same 'wget -q -O "$to" "$url/$name"'
row wget-P wget time - 'wget -q -P "$inbox" "$url/$name"'
row busybox-wget busybox - same 'busybox wget -q -O "$to" "$url/$name"'
row aria2c aria2c - same 'aria2c -q --no-conf --allow-overwrite=true --auto-file-renaming=false -d "$inbox" "$url/$name"'
row aria2c-R aria2c time - 'aria2c -q --no-conf --file-allocation=none -R -d "$inbox" "$url/$name"'
row lftp lftp time same 'lftp -c "set xfer:clobber on; get $url/$name -o $to"'
row gio-copy gio time same 'gio copy "$from" "$to"'
row gio-copy-p gio time same 'gio copy --preserve "$from" "$to"'
row gio-backup gio time - 'gio copy --backup "$from" "$to"'
row gio-move gio time same 'gio move "$from" "$to"'
row gio-save gio - same 'gio save "$to" <"$from"'
row gio-create gio - - 'gio save --create "$to" <"$from"'
row kioclient kioclient5 time - '"$dir/kio" copy "file://$from" "file://$to"'
row kioclient-over kioclient5 time anew '"$dir/kio" --overwrite copy "file://$from" "file://$to"'
row kioclient-move kioclient5 time - '"$dir/kio" move "file://$from" "file://$to"'
row perl perl - same 'perl -MFile::Copy -e "copy(@ARGV) or die \$!" "$from" "$to"'
row python-copy python3 - same 'python3 -c "import shutil, sys; shutil.copy(*sys.argv[1:])" "$from" "$to"'
row python-copy2 python3 time same 'python3 -c "import shutil, sys; shutil.copy2(*sys.argv[1:])" "$from" "$to"'
row python-move python3 time same 'python3 -c "import shutil, sys; shutil.move(*sys.argv[1:])" "$from" "$to"'
for way in mmap msync locks fallocate sendfile copy_range dup backwards vector cut verify direct; do
	row "$way" - - same "\"\$build/tests/fs/writer\" $way \"\$from\" \"\$to\""
done
row replace - - same '"$build/tests/fs/writer" replace "$from" "$to"'
row vim vim - same 'vim -es -u NONE -i NONE -b "$from" -c "w! $to" -c q'
row emacs emacs - same 'emacs --batch -Q --eval "(progn (setq save-silently t) (find-file-literally \"$from\") (write-region nil nil \"$to\" nil 0))"'
row ed ed - same 'printf "%s\n" H "w $to" q | ed -s "$from"'
row git git - anew '
	rm -rf .git && git init -q && git add "$name" && git -c user.name=a -c user.email=a@b commit -qm "$name" &&
	git --work-tree="$inbox" checkout -qf HEAD -- "$name"'
row samba smbd - same '"$dir/smb" -c "put $name"'
row samba-tar smbd time - 'tar -cf x.tar "$name" && "$dir/smb" -Tx x.tar'

# What stands in for ssh: the other side is this system, without a network.
cat >"$dir/ssh" <<'END'
#!/bin/bash
while [ "${1#-}" != "$1" ]; do
	case $1 in
	-o | -p | -l) shift 2 ;;
	-s) subsystem=1 && shift ;;
	*) shift ;;
	esac
done
shift
[ -z "${subsystem:-}" ] || set -- /usr/lib/openssh/sftp-server
exec bash -c "$*"
END
cat >"$dir/kio" <<END
#!/bin/bash
export QT_LOGGING_RULES="*=false" XDG_RUNTIME_DIR="$dir/kio.run"
exec kioclient5 --platform offscreen --noninteractive "\$@"
END
mkdir -m 700 "$dir/kio.run"
chmod +x "$dir/ssh" "$dir/kio"

mkdir "$dir/web"
python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$dir/web" >"$dir/web.out" 2>"$dir/web.log" &
eventually 'grep -q " port " "$dir/web.out"' || exit
url=http://127.0.0.1:$(sed 's/.* port \([0-9]*\) .*/\1/' "$dir/web.out")

# samba_start - serve the inbox with a configuration of its own; what $dir/smb talks to
samba_start()
{
	smb_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkdir "$dir/smbd"
	cat >"$dir/smb.conf" <<-END
		[global]
		server role = standalone server
		map to guest = Bad User
		interfaces = 127.0.0.1
		bind interfaces only = yes
		smb ports = $smb_port
		disable netbios = yes
		load printers = no
		private dir = $dir/smbd
		lock directory = $dir/smbd
		state directory = $dir/smbd
		cache directory = $dir/smbd
		pid directory = $dir/smbd
		ncalrpc dir = $dir/smbd/rpc
		log file = $dir/smbd/log
		[inbox]
		path = $inbox
		read only = no
		guest ok = yes
		force user = root
	END
	smbd -F --no-process-group -s "$dir/smb.conf" &
	cat >"$dir/smb" <<-END
		#!/bin/bash
		# smbclient tells what it does on standard error
		smbclient -s "$dir/smb.conf" -p $smb_port -N //127.0.0.1/inbox "\$@" >"$dir/smb.said" 2>&1 &&
		! grep -v "^putting file\|^tar:\|^Total bytes" "$dir/smb.said" >&2
	END
	chmod +x "$dir/smb"
	eventually '"$dir/smb" -c quit 2>"$dir/smb.no"'
}

n_tasks()
{
	find "$tasks" -mindepth 1 -maxdepth 1 ! -name inbox | wc -l
}

# counted N - so many tasks are listed
counted()
{
	eventually "[ \$(n_tasks) = $1 ]" || same "$1" "$(n_tasks)"
}

# left - what the inbox lists, hidden names too, but no receipts
left()
{
	find "$inbox" -mindepth 1 ! -name '*.receipt.json'
}

# use NAME COMMANDS MARK - run the commands of a row on a sample with that mark; a word on standard error is a failure
use()
{
	name=$1.pdf from=$dir/web/$1.pdf to=$inbox/$1.pdf kept=$dir/kept/$1.pdf
	sample "$from" "$3"
	touch -d "2024-05-0$((${#3} + 1)) 03:04:05.678" "$from"
	cp -p "$from" "$kept"
	(cd "$dir/web" && eval "$2") >"$dir/said" 2>"$dir/complained" </dev/null || {
		echo "status $?"
		cat "$dir/said" "$dir/complained"
		return 1
	}
	same "" "$(cat "$dir/complained")"
}

# has FILE KEEPS - it has the bytes that were put there last, and their time when it keeps that
has()
{
	cmp "$kept" "$1" && same "$(stat -c %s "$kept")" "$(stat -c %s "$1")" || return 1
	[ "$2" != time ] || same "$(stat -c %Y "$kept")" "$(stat -c %Y "$1")"
}

# each PASS - call PASS with each row whose program is there
each()
{
	local i

	for ((i = 0; i < ${#rows[@]}; i += 5)); do
		if [ "${rows[i + 1]}" = - ] || type "${rows[i + 1]}" >/dev/null 2>&1; then
			"$1" "${rows[i]}" "${rows[@]:i + 2:3}"
		else
			pass_over "${rows[i]}" "${rows[i + 1]} is not installed"
		fi
	done
}

mkdir "$dir/kept"
if type smbd >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
	ok 'Samba serves the inbox' samba_start
fi

# While the engines work: an entry may be gone before its program sets the time or looks at it again.
# lands NAME KEEPS OVER COMMANDS - the program makes one task, which ends, and leaves nothing behind
lands()
{
	use "$1" "$4" "" && eventually "[ -e \"$tasks/$1\" ]" && wait_task "$1" completed &&
		has "$tasks/$1/input/$1.pdf" "$2" && same "$1" "$(cd "$tasks" && ls -d "$1" "$1"-[0-9]* 2>/dev/null)" &&
		counted "$((n += 1))" && eventually '[ -z "$(left)" ]' && same "" "$(left)"
}
pass_working()
{
	ok "$1" "lands '$1' '$2' '$3' '${4//\'/\'\\\'\'}'"
}
n=0
each pass_working
ok 'nothing else became a task meanwhile' 'counted "$(find "$dir/kept" -type f | wc -l)"'

# While the engines stand still: an entry stays, and the same program brings other bytes over it.
# stands NAME KEEPS OVER COMMANDS - the entry is what was put there; then what was put over it
stands()
{
	local entry="$inbox/$1.pdf" task

	use "$1" "$4" "first $1" && has "$entry" "$2" && same "$1" "$(tasks_of "$1")" &&
		same "$1.pdf" "$(left | grep -F "/$1.pdf" | sed 's,.*/,,')" || return 1
	cp -p "$kept" "$dir/first"
	case $3 in
	same)
		use "$1" "$4" "second $1" && has "$entry" "$2" && same "$1" "$(tasks_of "$1")" &&
			cat "$tasks/$1/input/.former"/* | grep -qF "%first $1"
		;;
	anew)
		use "$1" "$4" "second $1" && has "$entry" "$2" && same "$1 $1-2" "$(tasks_of "$1" | paste -sd " ")" &&
			same cancelled "$(cat "$tasks/$1/status")" && cmp "$dir/first" "$tasks/$1/input/$1.pdf"
		;;
	esac
}

# tasks_of NAME - the names of the tasks that were made for it
tasks_of()
{
	(cd "$tasks" && ls -d "$1" "$1"-[0-9]* 2>/dev/null)
}

# ends NAME KEEPS OVER COMMANDS - it ends with the bytes that were put there last
ends()
{
	local task=$1

	kept=$dir/kept/$1.pdf
	[ "$3" != anew ] || task=$1-2
	wait_task "$task" completed && has "$tasks/$task/input/$1.pdf" "$2"
}

pass_stands()
{
	ok "$1: its entry, and over it" "stands '$1' '$2' '$3' '${4//\'/\'\\\'\'}'"
}
pass_ends()
{
	ok "$1: the end" "ends '$1' '$2' '$3'"
}

ok 'a platform anew, where the engines stand still' '
	mount_stop && rm -rf "$src" "$dir/kept" && mkdir "$src" "$dir/kept" && mount_start &&
	sample "$inbox/warm.pdf" warm && wait_task warm completed && engines_stop && sample "$inbox/a.pdf" a &&
	sample "$inbox/b.pdf" b && eventually "[ \$(ls $mnt/tasks/in_progress | wc -l) = 2 ]"'
each pass_stands
engines_go
each pass_ends
ok 'the mount ends well' mount_stop
done_testing
