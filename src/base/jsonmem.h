/* jsonmem - whether the JSON library lacked memory: what it answers does not tell that from a wrong document */
#ifndef FS0711_BASE_JSONMEM_H
#define FS0711_BASE_JSONMEM_H

/* jsonmem_lacks - how often it got none on this thread so far: compare what it was before and is after */
unsigned jsonmem_lacks(void);

#endif
