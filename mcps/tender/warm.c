#include "warm.h"

#include <string.h>

#include "base/buf.h"
#include "tender/read/reader.h"
#include "result.h"

static const char content[] = "BT /F1 18 Tf 72 720 Td (Request for Proposals) Tj /F2 11 Tf 0 -40 Td "
			      "(The contractor shall deliver by 1 May 2030.) Tj ET\n";

/* Each object, in order from 1; the content comes last. */
static const char *const objects[] = {
	"<< /Type /Catalog /Pages 2 0 R >>",
	"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
	"<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Resources 4 0 R >>",
	"<< /Font << /F1 5 0 R /F2 6 0 R >> >>",
	"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
	"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
};

static void write_pdf(struct buf *b)
{
	size_t at[N_ELEMS(objects) + 1], start;

	buf_printf(b, "%%PDF-1.4\n");
	for (size_t i = 0; i < N_ELEMS(objects); i++) {
		at[i] = b->len;
		buf_printf(b, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
	}
	at[N_ELEMS(objects)] = b->len;
	buf_printf(b, "%zu 0 obj\n<< /Length %zu >>\nstream\n%sendstream\nendobj\n", N_ELEMS(objects) + 1,
		   strlen(content), content);
	start = b->len;
	buf_printf(b, "xref\n0 %zu\n0000000000 65535 f \n", N_ELEMS(at) + 1);
	for (size_t i = 0; i < N_ELEMS(at); i++)
		buf_printf(b, "%010zu 00000 n \n", at[i]);
	buf_printf(b, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", N_ELEMS(at) + 1, start);
}

void warm_up(void)
{
	auto_buf pdf = BUF_INIT;
	struct doc *d = doc_new();
	struct reader r = { .doc = d, .own = true };

	write_pdf(&pdf);
	reader_nested(&r, &(struct source){ .name = "warm.pdf", .bytes = pdf.data, .len = pdf.len }, "warm.zip");
	doc_finish(d);
	json_decref(result_make(d, NULL, NULL));
	doc_free(d);
}
