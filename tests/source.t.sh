#!/bin/bash
# The sources themselves: layout, and which folder may know which.
. "${FS0711_SRCDIR:-.}/tests/lib.sh"
cd "$top" || exit 99

# only_in HEADER FOLDER - true when no other folder includes the foreign header
only_in()
{
	! grep -rnE --include='*.[ch]' "^#include <($1)" src mcps | grep -v "^$2/"
}

# knows FOLDER FOLDERS... - true when FOLDER includes headers of these folders and itself only
knows()
{
	local folder=$1 allowed

	shift
	allowed=$(printf '%s|' base "${folder##*/}" "$@")
	! grep -rnE --include='*.[ch]' '^#include "[a-z]+/' "$folder" | grep -vE ":#include \"(${allowed%|})/"
}

ok 'libfuse is used in src/fs only' 'only_in "fuse[^>]*" src/fs'
ok 'SQLite is used in src/store only' 'only_in "sqlite3[^>]*" src/store'
ok 'OpenSSL is used in src/base only' 'only_in "openssl/[^>]*" src/base'
ok 'utf8proc is used in src/base only' 'only_in "utf8proc[^>]*" src/base'
ok 'libarchive is used in src/ctl and mcps/tender only' 'only_in "archive[^>]*" "src/ctl\|mcps/tender"'
ok 'GMime is used in mcps/tender only' 'only_in "gmime/[^>]*" mcps/tender'
ok 'libxml2 is used in mcps/tender only' 'only_in "libxml/[^>]*" mcps/tender'
ok 'PCRE2 is used in src/mcp only' 'only_in "pcre2[^>]*" src/mcp'
ok 'poppler is used in mcps/tender only' 'only_in "(poppler|glib)[^>]*" mcps/tender'

ok 'base knows nobody' 'knows src/base'
ok 'blob knows base' 'knows src/blob'
ok 'store knows base' 'knows src/store'
ok 'platform knows store and blob' 'knows src/platform store blob'
ok 'mcp knows the spawn helper of run' 'knows src/mcp run'
ok 'run knows platform and mcp' 'knows src/run platform mcp'
ok 'fs knows platform and mcp' 'knows src/fs platform mcp'
ok '0711ctl knows platform, store, blob and the sandbox of run' 'knows src/ctl platform store blob run'
ok 'the SDK knows base' 'knows mcps/sdk'
ok 'tender knows the SDK' 'knows mcps/tender sdk'

if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	ok 'the layout is clang-format'\''s' '"$top/scripts/lint" format'
else
	pass_over 'the layout is clang-format'\''s' 'clang-format 14 is not installed'
fi
done_testing
