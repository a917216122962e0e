/*
 * archive - what is in the archive of a platform, for those who write and read it
 *
 * In this order: ARCHIVE_HEAD, then blobs/SHA256 for each document, then rows/TABLE.jsonl for each table, then
 * ARCHIVE_END, without which it is not whole.
 */
#ifndef FS0711_CTL_ARCHIVE_H
#define FS0711_CTL_ARCHIVE_H

#define ARCHIVE_HEAD    "0711.json" /* format, version, schema, program, created_at */
#define ARCHIVE_END     "end.json"  /* rows: {table: n}, blobs: n, next_row, lost: [sha256] */
#define ARCHIVE_BLOBS   "blobs/"
#define ARCHIVE_ROWS    "rows/"
#define ARCHIVE_JSONL   ".jsonl"
#define ARCHIVE_FORMAT  "0711 platform"
#define ARCHIVE_VERSION 1 /* of what is written here; a reader refuses higher ones */

#endif
