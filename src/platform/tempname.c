#include "platform/tempname.h"

#include <fnmatch.h>
#include <stddef.h>

#include "base/util.h"

/* rsync, gio, vim, nano, emacs, soffice, kio, aria2, zip, git, browsers, download managers, desktops, and the backups
 * that sed, patch and python make */
static const char *const temporary[] = {
	".*",           "*~",          "#*#",         "*.part",  "*.partial", "*.partial~",
	"*.crdownload", "*.download",  "*.filepart",  "*.tmp",   "*.aria2",   "*.aria2__temp",
	"*.lock",       "~$*",         "~WRL*",       "lu*.tmp", "4913",      "tmp_obj_*",
	"Thumbs.db",    "desktop.ini", "autorun.inf", "*.bak",   "*.orig",
};

/* sed -i, zip, perl -i, patch */
static const char *const doubtful[] = { "sed??????", "zi??????", "XX??????", "*.o??????" };

static bool matches(const char *const *patterns, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

bool tempname_is(const char *name)
{
	return matches(temporary, N_ELEMS(temporary), name);
}

bool tempname_maybe(const char *name)
{
	return matches(doubtful, N_ELEMS(doubtful), name);
}
