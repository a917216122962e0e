/* url - what may be posted to, judged before anything is connected; any thread */
#ifndef FS0711_NET_URL_H
#define FS0711_NET_URL_H

#include "base/err.h"

#define URL_BYTES 2000 /* the longest URL */

/*
 * url_check - is it an absolute http or https URL, as curl reads it?
 * Returns 0, or -EINVAL with a sentence: not a URL, another scheme, no host, a user name or password, a fragment, port
 * 0, a space, a control character or one outside of ASCII, over URL_BYTES
 */
int url_check(const char *url, struct err *e);

/* url_encrypted - true when the URL begins with https: */
bool url_encrypted(const char *url);

/* url_local - true when its host is this one by its name alone: localhost, 127.0.0.0/8, [::1]. Nothing is looked up */
bool url_local(const char *url);

/* url_origin - scheme, host and port, as written, of a URL that url_check accepted; the caller's to free */
char *url_origin(const char *url);

/*
 * url_resolve - look the host of a URL up that url_check accepted
 * Returns 0, or -EHOSTUNREACH with a sentence when it has no address, -EINVAL for no URL, -ENOMEM
 * Blocks  on the resolver, for seconds when no name server answers
 */
int url_resolve(const char *url, struct err *e);

#endif
