/* Names that programs use while they write, as they were seen, and names that people use. */
#include "tests/test.h"

#include "base/util.h"
#include "platform/tempname.h"

static void temporary_names(void **state UNUSED)
{
	static const char *const names[] = {
		".rfp.pdf.Xy12ab",  ".goutputstream-ABC123",
		".rfp.pdf.swp",     ".rfp.pdf.swx",
		".#rfp.pdf",        ".~lock.rfp.pdf#",
		".DS_Store",        "._rfp.pdf",
		".nfs0000001",      ".rsync-partial",
		".~tmp~",           ".syncthing.rfp.tmp",
		".fuse_hidden0001", "rfp.pdf~",
		"#rfp.pdf#",        "rfp.pdf.part",
		"rfp.partial",      "rfp.pdf.partial~",
		"rfp.crdownload",   "rfp.pdf.download",
		"rfp.pdf.filepart", "rfp.tmp",
		"rfp.pdf.aria2",    "rfp.aria2__temp",
		"index.lock",       "~$rfp.docx",
		"~WRL0001.tmp",     "~WRL0001",
		"lu1234abc.tmp",    "4913",
		"tmp_obj_abcdef",   "Thumbs.db",
		"desktop.ini",      ".",
	};

	for (size_t i = 0; i < N_ELEMS(names); i++)
		if (!tempname_is(names[i]))
			fail_msg("'%s' is taken for a document", names[i]);
}

static void names_that_only_wait(void **state UNUSED)
{
	static const char *const names[] = { "sedAbC123", "ziAbC123", "XXAbC123", "rfp.oAbC123", ".oAbC123" };

	for (size_t i = 0; i < N_ELEMS(names); i++)
		if (!tempname_maybe(names[i]))
			fail_msg("'%s' does not wait", names[i]);
	for (size_t i = 0; i + 1 < N_ELEMS(names); i++)
		assert_false(tempname_is(names[i]));
}

static void names_of_documents(void **state UNUSED)
{
	static const char *const names[] = {
		"rfp.pdf",       "rfp",        "Ausschreibung Köln.pdf",
		"tmp.pdf",       "part.pdf",   "a.part.pdf",
		"lock",          "rfp.locked", "4913.pdf",
		"04913",         "zip.zip",    "XXL.pdf",
		"lu.pdf",        "lu.tmp.pdf", "~rfp.pdf",
		"rfp~.pdf",      "#rfp.pdf",   "rfp.pdf#",
		"thumbs.db.pdf", "download",   "tmp_obj",
		"sedAbC12",      "sedAbC1234", "ziAbC123.pdf",
		"a[b]*?.pdf",    "rfp.tmp1",   "$~rfp",
		"WRL0001",       "rfp.o",
	};

	for (size_t i = 0; i < N_ELEMS(names); i++) {
		if (tempname_is(names[i]))
			fail_msg("'%s' is taken for a temporary file", names[i]);
		if (tempname_maybe(names[i]))
			fail_msg("'%s' waits", names[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(temporary_names),
		cmocka_unit_test(names_that_only_wait),
		cmocka_unit_test(names_of_documents),
	};

	return RUN_TESTS(tests);
}
