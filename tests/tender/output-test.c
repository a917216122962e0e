#include "tests/test.h"

#include <stdlib.h>

#include "tender/tools/output.h"

static void cell_is(const char *text, const char *want)
{
	auto_buf b = BUF_INIT;

	csv_cell(&b, text);
	assert_string_equal(buf_str(&b), want);
}

static void quotes_csv_cells(void **state UNUSED)
{
	cell_is("plain", "plain");
	cell_is("", "");
	cell_is("a, b", "\"a, b\"");
	cell_is("say \"no\"", "\"say \"\"no\"\"\"");
	cell_is("two\nlines", "\"two\nlines\"");
	cell_is("=1+1", "\"'=1+1\"");
	cell_is("@cmd", "\"'@cmd\"");
}

/* No physical line has more than 75 octets, each ends in CRLF, and unfolding gives the line again. */
static void check_fold(const char *line)
{
	auto_buf b = BUF_INIT, whole = BUF_INIT;
	const char *at, *end;

	ics_line(&b, line);
	for (at = buf_str(&b); *at; at = end + 2) {
		end = strstr(at, "\r\n");
		assert_non_null(end);
		assert_true(end - at <= 75);
		if (at != b.data)
			assert_int_equal(*at++, ' ');
		assert_true(((unsigned char)*at & 0xC0) != 0x80);
		buf_add(&whole, at, (size_t)(end - at));
	}
	assert_string_equal(buf_str(&whole), line);
}

static void folds_calendar_lines(void **state UNUSED)
{
	char line[400];

	check_fold("SUMMARY:short");
	for (size_t n = 70; n < 300; n++) {
		memset(line, 'x', n);
		line[n] = '\0';
		check_fold(line);
	}
	for (size_t n = 0; n < 120; n++)
		memcpy(line + 2 * n, "\xC3\xA4", 3);
	check_fold(line);
	check_fold(line + 2);
}

static json_t *sample(void)
{
	return json_pack(
		"{s:{s:s, s:s, s:i, s:s}, s:{s:s}, s:{s:s, s:n, s:i, s:s, s:i}, s:{s:s, s:s, s:s, s:i, s:s, s:i}, s:[{s:s, s:s, s:s, s:s, s:i, s:n, s:i}], s:i}",
		"document", "file", "a.pdf", "sha256", "0123456789abcdef0123", "pages", 3, "language", "en", "title",
		"value", "Web; site, new", "questions_deadline", "value", "2027-01-29", "timezone", "page", 1, "quote",
		"by 29 January", "confidence", 80, "submission_deadline", "value", "2027-02-19T14:00", "timezone",
		"+01:00", "utc", "2027-02-19T13:00:00Z", "page", 2, "quote", "due, \"now\"", "confidence", 90,
		"requirements", "id", "R-001", "text", "The contractor must, always.", "level", "must", "category",
		"quality", "page", 2, "section", "confidence", 90, "confidence", 85);
}

static void writes_a_calendar(void **state UNUSED)
{
	json_t *r = sample();
	auto_buf b = BUF_INIT;

	ics_write(r, 1800000000000, &b);
	assert_non_null(strstr(buf_str(&b), "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
	assert_non_null(strstr(buf_str(&b), "\r\nDTSTART;VALUE=DATE:20270129\r\n"));
	assert_non_null(strstr(buf_str(&b), "\r\nDTSTART:20270219T130000Z\r\n"));
	assert_non_null(strstr(buf_str(&b), "\r\nSUMMARY:Submission deadline: Web\\; site\\, new\r\n"));
	assert_non_null(
		strstr(buf_str(&b),
		       "-submission_deadline@0711fs\r\nDTSTAMP:20270115T080000Z\r\nDTSTART:20270219T130000Z\r\n"));
	assert_non_null(strstr(buf_str(&b), "TRIGGER:-P1D"));
	assert_string_equal(b.data + b.len - 15, "END:VCALENDAR\r\n");
	json_decref(r);
}

static void writes_a_table(void **state UNUSED)
{
	json_t *r = sample();
	auto_buf b = BUF_INIT;

	csv_write(r, &b);
	assert_string_equal(
		buf_str(&b),
		"id,level,category,page,section,text,confidence\r\nR-001,must,quality,2,,\"The contractor must, always.\",90\r\n");
	json_decref(r);
}

static void says_which_rows_a_model_found(void **state UNUSED)
{
	json_t *r = json_pack("{s:[{s:s, s:i}, {s:s, s:i, s:s}]}", "requirements", "id", "R-001", "confidence", 90,
			      "id", "R-002", "confidence", 60, "source", "model");
	auto_buf b = BUF_INIT;

	csv_write(r, &b);
	assert_string_equal(buf_str(&b), "id,level,category,page,section,text,confidence,source\r\nR-001,,,,,,90,\r\n"
					 "R-002,,,,,,60,model\r\n");
	json_decref(r);
}

static void writes_a_summary_of_nothing(void **state UNUSED)
{
	json_t *r = json_pack("{s:{s:s, s:i}, s:n, s:n, s:[], s:i}", "document", "file", "<b>|x|.pdf", "pages", 1,
			      "title", "submission_deadline", "requirements", "confidence", 25);
	auto_buf b = BUF_INIT;

	summary_write(r, &b);
	assert_non_null(strstr(buf_str(&b), "# &lt;b>\\|x\\|.pdf"));
	assert_non_null(strstr(buf_str(&b), "not found in the document"));
	json_decref(r);
}

static void says_equal_things_once(void **state UNUSED)
{
	json_t *r = json_pack(
		"{s:{s:s, s:i}, s:[{s:s, s:s, s:i}, {s:s, s:s, s:i}], s:[{s:s, s:i}, {s:s, s:i}, {s:s, s:i}], "
		"s:[], s:i}",
		"document", "file", "a.pdf", "pages", 9, "lots", "id", "1", "title", "Stops", "page", 3, "id", "2",
		"title", "Stops", "page", 8, "eligibility", "text", "Two references.", "page", 3, "text",
		"two references", "page", 8, "text", "A licence", "page", 8, "requirements", "confidence", 25);
	auto_buf b = BUF_INIT;

	summary_write(r, &b);
	assert_non_null(strstr(buf_str(&b), "\n- 1, 2: Stops (pages 3, 8)\n"));
	assert_non_null(strstr(buf_str(&b), "\n- Two references. (pages 3, 8)\n- A licence (page 8)\n"));
	json_decref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_csv_cells),
		cmocka_unit_test(folds_calendar_lines),
		cmocka_unit_test(writes_a_calendar),
		cmocka_unit_test(writes_a_table),
		cmocka_unit_test(says_which_rows_a_model_found),
		cmocka_unit_test(writes_a_summary_of_nothing),
		cmocka_unit_test(says_equal_things_once),
	};

	return RUN_TESTS(tests);
}
