/*
 * Documents that are XML: DOCX, ODT, XLSX, GAEB. The first byte says which; what follows are the parts of the package,
 * parted by zero bytes, the one with the text first. They are packed as they are.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "document.h"

#define MOST_PARTS 5
#define ROOM       65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct kind {
	const struct format *format;
	const char *parts[MOST_PARTS]; /* none: it is no package */
} kinds[] = {
	{ &format_docx,
	  { "word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml", "_rels/.rels" } },
	{ &format_odt, { "content.xml", "styles.xml", "META-INF/manifest.xml" } },
	{ &format_xlsx,
	  { "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml",
	    "xl/_rels/workbook.xml.rels" } },
	{ &format_gaeb, { NULL } },
};

/* What the fuzzer need not find first: the sheet is in the book. */
static const char *usual(const char *part)
{
	if (strstr(part, "xl/workbook.xml"))
		return "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"1\"/></sheets></workbook>";
	if (strstr(part, "xl/_rels"))
		return "<R><Relationships><Relationship Id=\"1\" Target=\"worksheets/sheet1.xml\"/></Relationships></R>";
	return NULL;
}

static void add(struct archive *a, const char *name, const char *bytes, size_t len)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_entry_set_filetype(entry, AE_IFREG);
	if (archive_write_header(a, entry) != ARCHIVE_OK || archive_write_data(a, bytes, len) < 0)
		abort();
	archive_entry_free(entry);
}

static void add_parts(struct archive *a, const struct kind *k, const char *bytes, size_t len)
{
	for (size_t i = 0; i < MOST_PARTS && k->parts[i]; i++) {
		const char *stop = memchr(bytes, '\0', len);
		size_t n = stop ? (size_t)(stop - bytes) : len;

		if (n > 0)
			add(a, k->parts[i], bytes, n);
		else if (usual(k->parts[i]))
			add(a, k->parts[i], usual(k->parts[i]), strlen(usual(k->parts[i])));
		bytes += n + (stop != NULL);
		len -= n + (stop != NULL);
	}
}

static size_t pack(const struct kind *k, const char *bytes, size_t len, char *out, size_t room)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	if (archive_write_set_format_zip(a) != ARCHIVE_OK || archive_write_zip_set_compression_store(a) != ARCHIVE_OK ||
	    archive_write_open_memory(a, out, room, &used) != ARCHIVE_OK)
		abort();
	add_parts(a, k, bytes, len);
	archive_write_free(a);
	return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct kind *k = &kinds[len ? bytes[0] % N_ELEMS(kinds) : 0];
	char *out;

	if (len < 2)
		return 0;
	if (!k->parts[0]) {
		document_read(k->format, (const char *)bytes + 1, len - 1);
		return 0;
	}
	out = g_malloc(2 * len + ROOM);
	document_read(k->format, out, pack(k, (const char *)bytes + 1, len - 1, out, 2 * len + ROOM));
	g_free(out);
	return 0;
}
