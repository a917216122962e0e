#include "reader.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/crypto.h"

#define READ_ARE "PDF, DOCX, ODT, RTF, XLSX, GAEB XML, HTML, e-mail, plain text, ZIP, and scans as PNG, JPEG or TIFF"

static const struct format *const formats[] = {
	&format_pdf,  &format_rtf,  &format_docx,    &format_odt, &format_xlsx, &format_zip,
	&format_gaeb, &format_html, &format_picture, &format_eml, &format_text,
};

static const char *const fault_kinds[N_FAULTS] = { "",          "missing", "empty",    "unknown_type",
						   "encrypted", "damaged", "too_large" };

const char *fault_kind(enum fault f)
{
	return fault_kinds[f];
}

/* What people drop and nobody reads, by its first bytes; NULL for what is not known. */
static const char *guess_type(const struct source *s)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *what;
	} known[] = {
		{ "\x89PNG", 4, "the start of a PNG picture" },
		{ "\xFF\xD8\xFF", 3, "the start of a JPEG picture" },
		{ "GIF8", 4, "a GIF picture" },
		{ "II*\0", 4, "the start of a TIFF picture" },
		{ "MM\0*", 4, "the start of a TIFF picture" },
		{ "PK\x03\x04", 4, "an Office file of another kind" },
		{ "PK\x05\x06", 4, "an empty ZIP" },
		{ "\xD0\xCF\x11\xE0", 4, "an Office file of the old kind" },
		{ "7z\xBC\xAF", 4, "a 7z archive" },
		{ "Rar!", 4, "a RAR archive" },
		{ "\x1F\x8B", 2, "a gzip archive" },
		{ "AC10", 4, "a DWG drawing" },
		{ "%!PS", 4, "PostScript" },
		{ "<?xml", 5, "XML of another kind" },
		{ "\x7F"
		  "ELF",
		  4, "a program" },
		{ "MZ", 2, "a program" },
	};

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (s->len >= known[i].len && memcmp(s->bytes, known[i].magic, known[i].len) == 0)
			return known[i].what;
	}
	return NULL;
}

/* Word puts a document with a password into a file of the old kind, in a stream of this name (UTF-16). */
static bool is_locked_office(const struct source *s)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";

	return s->len > 8 && memcmp(s->bytes, "\xD0\xCF\x11\xE0", 4) == 0 &&
	       memmem(s->bytes, s->len, name, sizeof(name));
}

static enum fault refuse(const struct source *s, struct err *e)
{
	const char *what = guess_type(s);

	if (s->len == 0) {
		err_set(e, -ENODATA, "The file '%s' is empty: drop it again when it is complete.", s->name);
		return FAULT_EMPTY;
	}
	if (is_locked_office(s))
		return reader_encrypted(s, e);
	err_set(e, -EBADMSG,
		"The file '%s' is %s, whatever its name says; read are " READ_ARE ". Save it as PDF and drop that.",
		s->name, what ? what : "of no known type");
	return FAULT_TYPE;
}

/* What a format added of a file before it found out that it cannot be read is taken back. */
static enum fault read_as(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	unsigned n_pages = r->doc->pages->len, n_files = r->doc->files->len;
	enum fault fault = f->read(r, s, f, e);

	if (fault != FAULT_NONE) {
		g_ptr_array_set_size(r->doc->pages, (int)n_pages);
		g_array_set_size(r->doc->files, n_files);
	}
	return fault;
}

static enum fault read_source(struct reader *r, const struct source *s, struct err *e)
{
	for (size_t i = 0; s->len > 0 && i < N_ELEMS(formats); i++) {
		/* Plain text is what nothing else is. */
		if (formats[i]->sniff(s) && !(formats[i] == &format_text && guess_type(s)))
			return read_as(r, s, formats[i], e);
	}
	return refuse(s, e);
}

static enum fault map_file(const char *path, const char *name, GMappedFile **map, struct err *e)
{
	struct stat sb;

	if (stat(path, &sb) < 0 || !S_ISREG(sb.st_mode)) {
		err_set(e, -ENOENT, "The file '%s' cannot be read: %s.", name,
			S_ISREG(sb.st_mode) ? strerror(errno) : "it is no file");
		return FAULT_MISSING;
	}
	if (sb.st_size > READER_MOST_FILE_BYTES) {
		err_set(e, -EFBIG, "The file '%s' has more than %u MiB: split it and drop the parts.", name,
			READER_MOST_FILE_BYTES >> 20);
		return FAULT_SIZE;
	}
	*map = g_mapped_file_new(path, FALSE, NULL);
	if (!*map) {
		err_set(e, -EACCES, "The file '%s' cannot be opened.", name);
		return FAULT_MISSING;
	}
	return FAULT_NONE;
}

enum fault reader_read(struct reader *r, const char *path, struct err *e)
{
	auto_free char *name = g_path_get_basename(path);
	GMappedFile *map = NULL;
	enum fault fault = map_file(path, name, &map, e);
	struct source s = { .name = name, .bytes = "" };

	if (fault != FAULT_NONE)
		return fault;
	s.len = g_mapped_file_get_length(map);
	if (s.len > 0)
		s.bytes = g_mapped_file_get_contents(map);
	fault = read_source(r, &s, e);
	if (!r->lost)
		g_mapped_file_unref(map);
	return fault;
}

void reader_nested(struct reader *r, const struct source *s, const char *package)
{
	struct err e = ERR_INIT;

	if (r->depth >= READER_MOST_DEPTH) {
		doc_warn(r->doc, "'%s' in %s lies in more than %d packages, one in the other, and was not read",
			 s->name, package, READER_MOST_DEPTH);
		return;
	}
	r->depth++;
	if (read_source(r, s, &e) != FAULT_NONE)
		doc_warn(r->doc, "In %s: %s", package, e.text);
	r->depth--;
}

bool reader_take(struct reader *r, size_t bytes, unsigned entries, const char *package)
{
	bool had_room = r->bytes <= READER_MOST_BYTES && r->entries <= READER_MOST_ENTRIES;

	r->bytes += bytes;
	r->entries += entries;
	if (r->bytes <= READER_MOST_BYTES && r->entries <= READER_MOST_ENTRIES)
		return true;
	if (had_room)
		doc_warn(r->doc, "%s holds more than is read at once (%lu MiB, %d files): the rest of it was left out",
			 package, READER_MOST_BYTES >> 20, READER_MOST_ENTRIES);
	return false;
}

int reader_add(struct reader *r, const struct source *s, const struct format *f)
{
	struct file file = { .name = g_strdup(s->name), .type = f->type, .rank = f->rank };

	sha256_hex(s->bytes, s->len, file.sha256);
	g_array_append_val(r->doc->files, file);
	return (int)r->doc->files->len - 1;
}

enum fault reader_encrypted(const struct source *s, struct err *e)
{
	err_set(e, -EACCES,
		"The file '%s' is encrypted: nothing could be read. Save it without a password and drop it again.",
		s->name);
	return FAULT_ENCRYPTED;
}

enum fault reader_damaged(const struct source *s, const char *why, struct err *e)
{
	err_set(e, -EBADMSG, "The file '%s' is damaged: %s. Ask for it again, or print it to a PDF, and drop that.",
		s->name, why);
	return FAULT_DAMAGED;
}

bool reader_begins(const struct source *s, const char *text)
{
	const char *at = s->bytes, *end = s->bytes + s->len;

	if (s->len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
		at += 3;
	while (at < end && g_ascii_isspace(*at))
		at++;
	return (size_t)(end - at) >= strlen(text) && g_ascii_strncasecmp(at, text, strlen(text)) == 0;
}
