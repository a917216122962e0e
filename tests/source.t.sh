#!/bin/bash
# The sources themselves: layout, and which folder may know which.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
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

# within_tender PART PARTS... - true when a folder of mcps/tender includes headers of these others and itself only
within_tender()
{
	local part=$1 allowed

	shift
	allowed=$(printf '%s|' "$@")
	! grep -rnE --include='*.[ch]' '^#include "tender/[a-z]+/' "mcps/tender/$part" |
		grep -vE ":#include \"tender/(${allowed%|})/"
}

ok 'libfuse is used in src/fs only' 'only_in "fuse[^>]*" src/fs'
ok 'SQLite is used in src/store only' 'only_in "sqlite3[^>]*" src/store'
ok 'OpenSSL is used in src/base only' 'only_in "openssl/[^>]*" src/base'
ok 'utf8proc is used in src/base only' 'only_in "utf8proc[^>]*" src/base'
ok 'libarchive is used in src/ctl and mcps/tender only' 'only_in "archive[^>]*" "src/ctl\|mcps/tender"'
ok 'GMime is used in mcps/tender/read only' 'only_in "gmime/[^>]*" mcps/tender/read'
ok 'libxml2 is used in mcps/tender/read only' 'only_in "libxml/[^>]*" mcps/tender/read'
ok 'libqpdf is used in mcps/tender/read only' 'only_in "qpdf/[^>]*" mcps/tender/read'
ok 'PCRE2 is used in src/mcp only' 'only_in "pcre2[^>]*" src/mcp'
ok 'libcurl is used in src/net only' 'only_in "curl/[^>]*" src/net'
ok 'libmicrohttpd is used in src/model only' 'only_in "microhttpd[^>]*" src/model'
ok 'poppler is used in mcps/tender/read only' 'only_in "poppler[^>]*" mcps/tender/read'
ok 'GLib is used in mcps/tender only' 'only_in "glib[^>]*" mcps/tender'

ok 'base knows nobody' 'knows src/base'
ok 'net knows base' 'knows src/net'
ok 'blob knows base' 'knows src/blob'
ok 'store knows base' 'knows src/store'
ok 'platform knows store, blob and net' 'knows src/platform store blob net'
ok 'mcp knows the spawn helper of run' 'knows src/mcp run'
ok 'webhook knows platform and net' 'knows src/webhook platform net'
ok 'run knows platform and mcp' 'knows src/run platform mcp'
ok 'model knows platform, net, run and mcp' 'knows src/model platform net run mcp'
ok 'fs knows platform and mcp' 'knows src/fs platform mcp'
ok '0711ctl knows platform, store, blob and the sandbox of run' 'knows src/ctl platform store blob run'
ok 'the SDK knows base' 'knows mcps/sdk'
ok 'tender knows the SDK' 'knows mcps/tender sdk'
ok "tender's text knows no other part of it" 'within_tender text'
ok "tender's doc knows text" 'within_tender doc text'
ok "tender's read knows doc and text" 'within_tender read doc text'
ok "tender's fields knows doc and text" 'within_tender fields doc text'
ok "tender's require knows fields, doc and text" 'within_tender require fields doc text'
ok "tender's ask knows require, fields, doc and text" 'within_tender ask require fields doc text'
ok "tender's tools does not know require and doc" 'within_tender tools ask fields read text'

if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	ok 'the layout is clang-format'\''s' '"$top/scripts/lint" format'
else
	pass_over 'the layout is clang-format'\''s' 'clang-format 14 is not installed'
fi
done_testing
