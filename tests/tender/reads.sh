# Documents that are no PDF: what the readers make of them, seen by tests/tender/dump-doc. Sourced behind tests/lib.sh.
# shellcheck shell=bash
need zip
dump=$build/tests/tender/dump-doc

# reads FILE... - what is read of them, in $dir/seen
reads()
{
	"$dump" "$@" >"$dir/seen"
}

# sees LINE - what was read last has that line
sees()
{
	grep -qxF -e "$1" "$dir/seen" || { echo "missing: $1"; cat "$dir/seen"; return 1; }
}

# sees_not TEXT - what was read last has it nowhere
sees_not()
{
	! grep -F -e "$1" "$dir/seen"
}

# refuses KIND FILE - it is not read, for that reason, in a sentence that names it
refuses()
{
	if reads "$2"; then
		echo "should have been refused: $2"
		return 1
	fi
	grep -q "^$1: .*'${2##*/}'" "$dir/seen" || { cat "$dir/seen"; return 1; }
}

# warns PATTERN - what was read last says so in a warning
warns()
{
	grep -q "^! .*$1" "$dir/seen" || { echo "no warning: $1"; grep "^!" "$dir/seen"; return 1; }
}

# pack NAME - a ZIP of what is in $dir/parts, which is emptied
pack()
{
	(cd "$dir/parts" && zip -qrD "$dir/$1" .) && rm -r "$dir/parts" && mkdir "$dir/parts"
}
mkdir "$dir/parts"
