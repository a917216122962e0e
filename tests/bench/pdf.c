/*
 * pdf - a request for proposals of some pages as a PDF on stdout: about 3,000 characters a page, one font
 *
 *     pdf PAGES SEED     another SEED gives other bytes
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "tests/bench/timing.h"

#define N_LINES 48

static const char *const words[] = { "the",     "bidder", "shall",   "provide", "each",     "service", "described",
				     "in",      "this",   "section", "and",     "document", "its",     "availability",
				     "support", "within", "two",     "working", "days",     "of",      "request" };

static void add_line(struct buf *b, const char *text)
{
	buf_printf(b, "T* (%s) Tj\n", text);
}

static void add_head(struct buf *b, int64_t seed)
{
	auto_free char *number = xasprintf("Reference number: RFP-2026-%05jd", (intmax_t)seed);

	add_line(b, "Request for Proposals: City Web Site and Document Services");
	add_line(b, number);
	add_line(b, "Issued by: City of Springfield, Department of Technology");
	add_line(b, "Proposals are due by March 31, 2026, 5:00 PM Eastern Time.");
	add_line(b, "Questions must be submitted in writing by March 3, 2026.");
	add_line(b, "The budget for this project shall not exceed $250,000.");
}

static void add_page(struct buf *b, int64_t page, int64_t seed)
{
	buf_addstr(b, "BT /F1 10 Tf 14 TL 50 790 Td\n");
	if (page == 1)
		add_head(b, seed);
	for (int64_t i = 0; i < N_LINES; i++) {
		auto_buf line = BUF_INIT;

		buf_printf(&line, "%jd.%jd ", (intmax_t)page, (intmax_t)i + 1);
		for (int64_t k = 0; k < 9; k++)
			buf_printf(&line, "%s ", words[(size_t)(seed + page * 7 + i * 3 + k) % N_ELEMS(words)]);
		add_line(b, buf_str(&line));
	}
	buf_addstr(b, "ET\n");
}

/* Objects: 1 catalogue, 2 pages, 3 font, then for each page itself and its text. */
struct pdf {
	struct buf text;
	size_t *at, n;
};

static void begin_object(struct pdf *p)
{
	p->at[p->n++] = p->text.len;
	buf_printf(&p->text, "%zu 0 obj\n", p->n);
}

static void end_object(struct pdf *p)
{
	buf_addstr(&p->text, "\nendobj\n");
}

static void add_pages(struct pdf *p, int64_t pages, int64_t seed)
{
	for (int64_t i = 1; i <= pages; i++) {
		auto_buf text = BUF_INIT;

		begin_object(p);
		buf_printf(&p->text,
			   "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %zu 0 R "
			   "/Resources << /Font << /F1 3 0 R >> >> >>",
			   p->n + 1);
		end_object(p);
		add_page(&text, i, seed);
		begin_object(p);
		buf_printf(&p->text, "<< /Length %zu >>\nstream\n%sendstream", text.len, buf_str(&text));
		end_object(p);
	}
}

static void add_table(struct pdf *p)
{
	size_t start = p->text.len;

	buf_printf(&p->text, "xref\n0 %zu\n0000000000 65535 f \n", p->n + 1);
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&p->text, "%010zu 00000 n \n", p->at[i]);
	buf_printf(&p->text, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", p->n + 1, start);
}

int main(int argc, char **argv)
{
	struct pdf p = { .text = BUF_INIT };
	int64_t pages, seed;

	if (argc != 3 || util_int(argv[1], &pages) < 0 || util_int(argv[2], &seed) < 0 || pages < 1 || pages > 10000)
		timing_die("usage: pdf PAGES SEED");
	p.at = xcalloc((size_t)pages * 2 + 3, sizeof(*p.at));
	buf_addstr(&p.text, "%PDF-1.4\n");
	begin_object(&p);
	buf_addstr(&p.text, "<< /Type /Catalog /Pages 2 0 R >>");
	end_object(&p);
	begin_object(&p);
	buf_printf(&p.text, "<< /Type /Pages /Count %jd /Kids [", (intmax_t)pages);
	for (int64_t i = 0; i < pages; i++)
		buf_printf(&p.text, "%jd 0 R ", (intmax_t)(4 + 2 * i));
	buf_addstr(&p.text, "] >>");
	end_object(&p);
	begin_object(&p);
	buf_addstr(&p.text, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
	end_object(&p);
	add_pages(&p, pages, seed);
	add_table(&p);
	fwrite(p.text.data, 1, p.text.len, stdout);
	buf_release(&p.text);
	free(p.at);
	return 0;
}
