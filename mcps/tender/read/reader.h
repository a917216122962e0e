/*
 * reader - a document of any format that is read becomes pages of a doc
 *
 * A format is a row of a table: a name, how to know it by its bytes, how to read it. A package (ZIP, e-mail) hands the
 * documents in it back to the same table. What is hostile about a document stays within the limits kept here and those
 * of the process (sdk/sandbox.h).
 */
#ifndef TENDER_READER_H
#define TENDER_READER_H

#include "base/err.h"
#include "tender/doc/doc.h"

#define READER_MOST_PAGES        2000         /* of one file; the others are named in a warning */
#define READER_MOST_FILE_BYTES   (512u << 20) /* of a file as it was dropped */
#define READER_MOST_MEMBER_BYTES (192u << 20) /* of a document taken out of a package, of an XML part of one */
#define READER_MOST_BYTES        (1ul << 30)  /* taken out of all packages of a call */
#define READER_MOST_ENTRIES      1000         /* of all packages of a call */
#define READER_MOST_DEPTH        3            /* a ZIP in an e-mail in a ZIP */

/* Why a file could not be read. */
enum fault { FAULT_NONE, FAULT_MISSING, FAULT_EMPTY, FAULT_TYPE, FAULT_ENCRYPTED, FAULT_DAMAGED, FAULT_SIZE, N_FAULTS };

/* fault_kind - the word for the machine: "encrypted" */
const char *fault_kind(enum fault f);

/* A document in memory; borrowed by all that gets one. */
struct source {
	const char *name; /* last part of its path; in a package its path there */
	const char *bytes;
	size_t len;
};

struct reader {
	struct doc *doc;
	/* Called before each page of a PDF is read, on the thread that called reader_read; may be NULL. */
	void (*page)(void *arg, int number, int n);
	void *arg;
	/* What packages used up so far of the limits above. */
	size_t bytes;
	unsigned entries, depth;
	bool lost; /* a thread was left behind that may still read the file: it stays mapped */
	bool own;  /* a document of our own: no thread is made to read it */
};

struct format {
	const char *what; /* for sentences: "a PDF" */
	const char *type; /* MIME type */
	/* Where a package holds several documents, those of the lowest rank come first: prose before tables. */
	int rank;
	bool (*sniff)(const struct source *s);
	/*
	 * read - append the pages to r->doc, as a file that reader_add made
	 * Returns FAULT_NONE, or what is wrong with a sentence in e for the person, which names the file
	 */
	enum fault (*read)(struct reader *r, const struct source *s, const struct format *f, struct err *e);
};

/*
 * reader_read - append the pages of the file at path; its name in the doc is the last part of the path
 * Returns FAULT_NONE, or what is wrong, as read of a format does. Blocks as long as it takes.
 */
enum fault reader_read(struct reader *r, const char *path, struct err *e);

/*
 * reader_nested - append the pages of a document in a package
 * What cannot be read becomes a warning that names it and the package.
 */
void reader_nested(struct reader *r, const struct source *s, const char *package);

/*
 * reader_take - count what was taken out of a package: bytes, and entries
 * Returns false when a limit is reached; a warning, one for each limit, then says so with the name of the package.
 */
bool reader_take(struct reader *r, size_t bytes, unsigned entries, const char *package);

/* reader_add - a new file of the doc; returns its index */
int reader_add(struct reader *r, const struct source *s, const struct format *f);

/* reader_damaged - the sentence for a file whose bytes are not what they should be; returns FAULT_DAMAGED */
enum fault reader_damaged(const struct source *s, const char *why, struct err *e);

/* reader_encrypted - the sentence for a file that needs a password; returns FAULT_ENCRYPTED */
enum fault reader_encrypted(const struct source *s, struct err *e);

/* reader_begins - the bytes begin with that text, after a byte order mark and white space; ASCII case does not count */
bool reader_begins(const struct source *s, const char *text);

/* The formats, in the order in which they are asked; each is the only extern thing of its file. */
extern const struct format format_pdf, format_rtf, format_docx, format_odt, format_xlsx, format_zip, format_gaeb,
	format_html, format_eml, format_picture, format_text;

#endif
