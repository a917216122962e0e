#!/bin/bash
# The manual against the program's own tables, both ways: what is in one must be in the other, word for word.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
layout=$top/man/0711fs-layout.7

# both_ways WORD COMMANDS - the lines of tables that begin with WORD are what COMMANDS print, in any order
both_ways()
{
	"$build/tests/doc/tables" | sed -n "s/^$1 //p" | sort >"$dir/program"
	[ -s "$dir/program" ] || return 1
	eval "$2" | sort >"$dir/manual"
	diff "$dir/program" "$dir/manual"
}

# entries MACRO FILE - "NAME TEXT" for each ".It MACRO NAME Pq TEXT"
entries()
{
	sed -n "s/^\.It $1 \([^ ]*\) Pq \(.*\)/\1 \2/p" "$2"
}

# fields - "FILE NAME TYPE" for each field in the entry of a JSON document
fields()
{
	awk '$1 == ".It" && $2 == "Pa" { n = split($3, part, "/"); file = part[n] }
		$1 == ".It" && $2 == "Fa" { sub(/^.It Fa /, ""); sub(/ Pq /, " "); print file, $0 }' "$layout"
}

# patterns FROM TO - what stands in quotes in tempname.c between the lines that match
patterns()
{
	sed -n "/$1/,/$2/p" "$top/src/platform/tempname.c" | grep -o '"[^"]*"' | tr -d '"' | sort
}

# blocks FROM TO - the words of the literal blocks of the manual between two comments
blocks()
{
	sed -n "/^\.\\\\\" $1/,/^\.\\\\\" $2/p" "$layout" | sed -n '/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;s/\\&//g;p}' | tr ' ' '\n' | sort
}

# described - "TYPE FIELD..." for each type in 0711fs-events(7), with what stands in the heading for all of its part
described()
{
	awk '
		function print_type() {
			if (type != "")
				print type fields (to_come ? " (to come)" : "")
			type = fields = ""
		}
		/^What is about a task has$/ { common = 1 }
		common && /^\.Va/ { gsub(/[.,;]|^\.Va/, ""); task = task " " $0 }
		/^below these are called/ { common = 0; gsub(/ +/, " ", task) }
		/^\.S[sh]/ { print_type(); to_come = 0 }
		/^No part of this version tells these yet/ { to_come = 1 }
		/^\.It Cm/ { print_type(); type = $3; done = 0 }
		type != "" && /^The fields of a task/ { fields = task }
		type != "" && !/^\./ && !/^The fields of a task/ { done = 1 }
		type != "" && !done && /^\.Va/ { gsub(/[.,;]|^\.Va/, ""); fields = fields " " $0 }
		END { print_type() }' "$top/man/0711fs-events.7" | tr -s ' ' | sed 's/ $//'
}

# emitted - the types of events in the code beside their own table and the rows that only say what an event holds
emitted()
{
	find "$top/src/platform" -name '*.c' ! -name event.c -exec grep -hv ', add_[a-z_]* }' {} + |
		grep -oE '"(task|engagement|expert|company|setting|mcp|model|webhook)\.[a-z_]+"' | tr -d '"' | sort -u
}

ok 'every place of the tree is in 0711fs-layout(7), and back' 'both_ways path '\''entries Pa "$layout"'\'
ok 'every field of a document is in 0711fs-layout(7), and back' 'both_ways field fields'
ok 'every setting is in 0711fs-layout(7), and back' 'both_ways setting '\''entries Va "$layout"'\'

ok 'every type of event is in 0711fs-events(7) with its fields, and back' 'both_ways event described'

ok 'what the code tells of is in the table of types' '
	emitted >program && [ -s program ] &&
	"$build/tests/doc/tables" | sed -n "s/^event \([a-z._]*\) .*[a-z]$/\1/p" | sort >manual &&
	diff program manual'

ok 'every temporary name is in 0711fs-layout(7), and back' '
	patterns "temporary\[\]" "^};" >program && [ -s program ] &&
	blocks "temporary names" "doubtful names" >manual &&
	diff program manual &&
	patterns "doubtful\[\]" "^};\|};$" >program && [ -s program ] &&
	blocks "doubtful names" "end of names" >manual &&
	diff program manual'

ok 'every option of 0711fs is in 0711fs(1), and back' '
	"$build/0711fs" -h | sed -n "/^Options after/,/^$/s/^  \([a-z_]*\).*/\1/p" | sort >program && [ -s program ] &&
	sed -n "s/^\.It Cm \([a-z_]*\).*/\1/p" "$top/man/0711fs.1" | sort >manual &&
	diff program manual'

ok 'every flag of 0711fs is in 0711fs(1), and back' '
	"$build/0711fs" -h | sed -n "s/^  -\([a-zA-Z]\).*/\1/p" | sort >program && [ -s program ] &&
	sed -n "s/^\.It Fl \([a-zA-Z]\).*/\1/p" "$top/man/0711fs.1" | grep -v "^o" | sort >manual &&
	diff program manual'

ok 'what mount adds and 0711fs ignores is in 0711fs(1)' '
	sed -n "/ignored\[\]/,/};/p" "$top/src/options.c" | grep -o "\"[^\"]*\"" | tr -d "\"" | sort >program &&
	[ -s program ] &&
	sed -n "/^\.\\\\\" ignored options/,/^\.Ed/p" "$top/man/0711fs.1" | grep -v "^\." | tr " " "\n" | sort >manual &&
	diff program manual'

ok 'every verb of 0711ctl is in 0711ctl(1), and back' '
	"$build/0711ctl" -h | sed -n "s/^  \([a-z][a-z]*\) .*/\1/p" | sort >program && [ -s program ] &&
	sed -n "s/^\.It Ic \([a-z]*\).*/\1/p" "$top/man/0711ctl.1" | sort >manual &&
	diff program manual'

ok 'every fault that fsck finds is in 0711ctl(1), and back' '
	grep -oE "\{ \"[a-z-]+\", (true|false)," "$top/src/ctl/repair.c" | sed "s/{ \"\(.*\)\", true,/remains \1/
		s/{ \"\(.*\)\", false,/problem \1/" | sort >program && [ -s program ] &&
	awk "/^\.\\\\\" (problems|remains)\$/ { kind = substr(\$2, 1, 7) } /^\.\\\\\" end of faults/ { kind = \"\" }
		kind && /^\.It Cm/ { print kind, \$3 }" "$top/man/0711ctl.1" | sort >manual &&
	diff program manual'
done_testing
