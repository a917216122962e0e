/*
 * E-mail (RFC 5322, MIME), by GMime. The letter is a page: its subject, who wrote it when to whom, its text; of several
 * forms of one text the plain one is read. What is attached goes back to the table of formats.
 */
#include <errno.h>
#include <gmime/gmime.h>

#include "charset.h"
#include "read_html.h"
#include "read_text.h"
#include "reader.h"

#define MOST_HEADER 65536 /* bytes that are looked at to know an e-mail */
#define MOST_FIELDS 200
#define MOST_PARTS  64 /* parts in parts */

struct letter {
	struct reader *reader;
	const struct source *source;
	struct flow *flow;
	GPtrArray *attached; /* GMimeObject: borrowed from the message */
	unsigned n_unnamed;
};

static void read_part(struct letter *l, GMimeObject *part, int depth);

static GByteArray *bytes_of(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *to = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(to), FALSE);
	if (content)
		g_mime_data_wrapper_write_to_stream(content, to);
	g_object_unref(to);
	return bytes;
}

static bool is_type(GMimeObject *part, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

/* Text that belongs to the letter, not a file that is sent with it. */
static bool is_text(GMimeObject *part)
{
	return GMIME_IS_PART(part) && (is_type(part, "text", "plain") || is_type(part, "text", "html")) &&
	       !g_mime_part_get_filename(GMIME_PART(part)) && !g_mime_part_is_attachment(GMIME_PART(part));
}

static bool has_letters(GMimeObject *part)
{
	GByteArray *bytes = bytes_of(GMIME_PART(part));
	bool has = false;

	for (guint i = 0; i < bytes->len && !has; i++)
		has = !g_ascii_isspace(bytes->data[i]);
	g_byte_array_unref(bytes);
	return has;
}

static void read_text(struct letter *l, GMimeObject *part)
{
	GByteArray *bytes = bytes_of(GMIME_PART(part));
	const char *set = g_mime_object_get_content_type_parameter(part, "charset");
	auto_free char *text = charset_utf8((const char *)bytes->data, bytes->len, set);

	if (!reader_take(l->reader, bytes->len, 0, l->source->name))
		text[0] = '\0';
	if (is_type(part, "text", "html") && text[0])
		read_html_warn(l->reader->doc, l->source->name, read_html_flow(l->flow, text, strlen(text)));
	else
		read_text_flow(l->flow, text);
	g_byte_array_unref(bytes);
}

/* Of the forms of one text: plain text with letters in it, else the last, which is the fullest. */
static GMimeObject *choose(GMimeMultipart *all)
{
	int n = g_mime_multipart_get_count(all);

	for (int i = 0; i < n; i++) {
		GMimeObject *one = g_mime_multipart_get_part(all, i);

		if (is_text(one) && is_type(one, "text", "plain") && has_letters(one))
			return one;
	}
	return n > 0 ? g_mime_multipart_get_part(all, n - 1) : NULL;
}

static void read_multipart(struct letter *l, GMimeMultipart *all, int depth)
{
	int n = g_mime_multipart_get_count(all);
	GMimeObject *object = GMIME_OBJECT(all), *chosen = choose(all);

	if (is_type(object, "multipart", "encrypted")) {
		doc_warn(l->reader->doc, "A part of %s is encrypted and was not read", l->source->name);
		return;
	}
	if (is_type(object, "multipart", "alternative")) {
		if (chosen)
			read_part(l, chosen, depth + 1);
		return;
	}
	/* The second part of a signed one is the signature. */
	if (is_type(object, "multipart", "signed"))
		n = MIN(n, 1);
	for (int i = 0; i < n; i++)
		read_part(l, g_mime_multipart_get_part(all, i), depth + 1);
}

static void read_part(struct letter *l, GMimeObject *part, int depth)
{
	if (depth > MOST_PARTS) {
		doc_warn(l->reader->doc, "%s has parts in more than %d others; what stands in them was not read",
			 l->source->name, MOST_PARTS);
	} else if (GMIME_IS_MULTIPART(part)) {
		read_multipart(l, GMIME_MULTIPART(part), depth);
	} else if (is_text(part)) {
		read_text(l, part);
	} else if (part) {
		g_ptr_array_add(l->attached, part);
	}
}

static void put_fact(struct letter *l, const char *label, const char *text)
{
	static const double edges[] = { 2, 12 };
	static const struct style body = { .size = FLOW_BODY };

	if (!text || !text[0])
		return;
	flow_row(l->flow, edges, N_ELEMS(edges));
	flow_str(l->flow, label);
	flow_end(l->flow, &body);
	flow_cell(l->flow, 1);
	flow_str(l->flow, text);
	flow_end(l->flow, &body);
	flow_row_end(l->flow);
}

static void put_people(struct letter *l, const char *label, InternetAddressList *people)
{
	auto_free char *text = people ? internet_address_list_to_string(people, NULL, FALSE) : NULL;

	put_fact(l, label, text);
}

static void put_head(struct letter *l, GMimeMessage *m)
{
	static const struct style heading = { .size = 14 };
	GDateTime *date = g_mime_message_get_date(m);
	auto_free char *sent = date ? g_date_time_format(date, "%Y-%m-%d %H:%M %:z") : NULL;
	const char *subject = g_mime_message_get_subject(m);

	if (subject) {
		flow_str(l->flow, subject);
		flow_end(l->flow, &heading);
	}
	put_people(l, "From:", g_mime_message_get_from(m));
	put_people(l, "To:", g_mime_message_get_to(m));
	put_people(l, "Cc:", g_mime_message_get_cc(m));
	put_people(l, "Reply-To:", g_mime_message_get_reply_to(m));
	put_fact(l, "Date:", sent);
}

static char *name_of(struct letter *l, GMimeObject *part)
{
	const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
	auto_free char *valid = name ? g_utf8_make_valid(name, -1) : NULL;

	if (valid && valid[0])
		return g_path_get_basename(valid);
	l->n_unnamed++;
	return g_strdup_printf(GMIME_IS_MESSAGE_PART(part) ? "message %u" : "attachment %u", l->n_unnamed);
}

/* A letter in a letter as the bytes that it came as. */
static GByteArray *bytes_of_message(GMimeMessagePart *part)
{
	GMimeMessage *m = g_mime_message_part_get_message(part);
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *to = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(to), FALSE);
	if (m)
		g_mime_object_write_to_stream(GMIME_OBJECT(m), NULL, to);
	g_object_unref(to);
	return bytes;
}

static bool read_attached(struct letter *l, GMimeObject *part)
{
	auto_free char *name = name_of(l, part);
	GByteArray *bytes;
	struct source s = { .name = name };
	bool room = reader_take(l->reader, 0, 1, l->source->name);

	if (!room)
		return false;
	if (!GMIME_IS_PART(part) && !GMIME_IS_MESSAGE_PART(part)) {
		doc_warn(l->reader->doc, "'%s' in %s is only a part of a file and was not read", name, l->source->name);
		return true;
	}
	bytes = GMIME_IS_PART(part) ? bytes_of(GMIME_PART(part)) : bytes_of_message(GMIME_MESSAGE_PART(part));
	s.bytes = bytes->len > 0 ? (const char *)bytes->data : "";
	s.len = bytes->len;
	room = reader_take(l->reader, s.len, 0, l->source->name);
	if (room)
		reader_nested(l->reader, &s, l->source->name);
	g_byte_array_unref(bytes);
	return room;
}

/* A message as it stands in a mailbox begins with a line that is no field. */
static bool is_mbox(const struct source *s)
{
	return s->len > 5 && memcmp(s->bytes, "From ", 5) == 0;
}

static GMimeMessage *parse(const struct source *s)
{
	GMimeStream *from = g_mime_stream_mem_new_with_buffer(s->bytes, s->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(from);
	GMimeMessage *m;

	g_mime_parser_set_format(parser, is_mbox(s) ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
	m = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(from);
	return m;
}

/* Fields that programs write and people do not. */
static bool is_mail_field(const char *name, size_t len)
{
	static const char *const known[] = { "Received",     "Message-ID",   "MIME-Version",   "Return-Path",
					     "Delivered-To", "Content-Type", "DKIM-Signature", "X-Mailer" };

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (strlen(known[i]) == len && g_ascii_strncasecmp(known[i], name, len) == 0)
			return true;
	}
	return false;
}

/* The name of a field of the head ends at a colon and has no spaces. */
static size_t field_name(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && line[n] > 0x20 && line[n] != ':')
		n++;
	return n < len && line[n] == ':' ? n : 0;
}

/* Every line up to the first empty one is a field or goes on with one; two of them are of the kind above, or "From". */
static bool eml_sniff(const struct source *s)
{
	const char *at = s->bytes, *end = s->bytes + MIN(s->len, MOST_HEADER), *first = memchr(at, '\n', s->len);
	bool sender = false;
	int n_known = 0;

	if (is_mbox(s) && first)
		at = first + 1;
	for (int i = 0; i < MOST_FIELDS && at < end && *at != '\n' && *at != '\r'; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at), name = field_name(at, len);

		if (name == 0 && !(i > 0 && (*at == ' ' || *at == '\t')))
			return false;
		sender = sender || (name == 4 && g_ascii_strncasecmp(at, "From", 4) == 0);
		n_known += is_mail_field(at, name);
		at += len + (stop != NULL);
	}
	return sender ? n_known >= 1 : n_known >= 2;
}

static enum fault eml_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	struct letter l = { .reader = r, .source = s };
	GMimeMessage *m;
	unsigned n_before = r->doc->pages->len;

	if (s->len > READER_MOST_MEMBER_BYTES) {
		err_set(e, -EFBIG, "The e-mail '%s' has more than %u MiB: save what is attached to it and drop that.",
			s->name, READER_MOST_MEMBER_BYTES >> 20);
		return FAULT_SIZE;
	}
	g_mime_init();
	m = parse(s);
	if (!m)
		return reader_damaged(s, "it is no e-mail inside", e);
	l.attached = g_ptr_array_new();
	l.flow = flow_new(r->doc, reader_add(r, s, f));
	put_head(&l, m);
	read_part(&l, g_mime_message_get_mime_part(m), 0);
	flow_free(l.flow);
	for (unsigned i = 0; i < l.attached->len && read_attached(&l, l.attached->pdata[i]); i++)
		;
	g_ptr_array_unref(l.attached);
	g_object_unref(m);
	return r->doc->pages->len > n_before ? FAULT_NONE : reader_damaged(s, "it holds nothing", e);
}

const struct format format_eml = { "an e-mail", "message/rfc822", 2, eml_sniff, eml_read };
