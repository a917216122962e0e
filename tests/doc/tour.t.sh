#!/bin/bash
# fs-layout.md, replayed: each "$ command" of its console blocks runs, and must print what stands below it.
# There, … is any text within a line, and a line of nothing else is any number of lines.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
clear_of_midnight 120
need jq getfattr cmp
need_fuse
tour=$top/fs-layout.md
mnt=$HOME/0711 # for lib.sh, which unmounts it at the end
cp "$top/samples/city-website-rfp.pdf" "$HOME/rfp.pdf" || exit 99
PATH=$build:$PATH

# regex - standard input as an extended regular expression for the whole of it
regex()
{
	sed 's/[][\.*^$+?(){}|]/\\&/g' | awk '{ sub(/\n$/, "") }
		$0 == "…" { pattern = pattern "(.*\n)?"; next }
		{ gsub(/…/, "[^\n]*"); pattern = pattern $0 "\n" }
		END { printf "^%s$", pattern }'
}

# prints COMMAND EXPECTED - run it here, so that directories and files stay, and compare what it prints
prints()
{
	local got pattern

	eval "$1" >"$dir/printed" 2>&1
	got=$(sed 's/^[^ ]*tour\.t\.sh: line [0-9]*: /bash: /; s/^[^ ]*tour\.t\.sh: eval: line [0-9]*: /bash: /' "$dir/printed" && echo .)
	pattern=$(printf %s "$2" | regex)
	[[ ${got%.} =~ $pattern ]] && return 0
	printf 'it should print:\n%sit prints:\n%s' "$2" "${got%.}"
	return 1
}

finish_command()
{
	[ -z "$command" ] || ok "line $at: ${command%%$'\n'*}" 'prints "$command" "$expected"'
	command='' expected=''
}

inside='' command='' expected='' n=0
while IFS= read -r line <&3; do
	n=$((n + 1))
	case $line in
	'```console') inside=1 ;;
	'```')
		finish_command
		inside=
		;;
	*)
		[ -n "$inside" ] || continue
		case $line in
		'$ '*)
			finish_command
			command=${line#'$ '} at=$n
			;;
		'> '*) command+=$'\n'${line#'> '} ;;
		*) expected+=$line$'\n' ;;
		esac
		;;
	esac
done 3<"$tour"
done_testing
