/* change - what the change feed carries (struct change of the store), kind by kind */
#ifndef FS0711_PLATFORM_CHANGE_H
#define FS0711_PLATFORM_CHANGE_H

/* was and now of a record that did not exist before, or does not any more */
#define CHANGE_NONE (-1)

enum change_kind {
	CHANGE_PARTY, /* row: the record, parent: enum party_kind, was/now: 0 or CHANGE_NONE, name: the former name */
	CHANGE_TASK,  /* row: the task, parent: its engagement, was/now: state or CHANGE_NONE, name: its name */
	CHANGE_TRASH, /* row: the task, parent: its engagement, was/now: 0 or CHANGE_NONE, name: its name */
	CHANGE_DROP,  /* row: the entry, parent: its inbox, was: 1 when that is a folder, now: 0, 1 when it was there
			 already, or CHANGE_NONE, name */
	CHANGE_DOCUMENT, /* row: the task whose documents changed, name: the name of the document; NULL: only the
			    attributes of the document that is parent */
	CHANGE_EVENT,    /* row: the event, parent: its task or 0 */
	CHANGE_SETTING,  /* name: the setting */
	CHANGE_LIVE,     /* row: the task whose progress or log moved */
	CHANGE_DELIVERY, /* row: the delivery, parent: its endpoint, was/now: state or CHANGE_NONE, name: the event */
	CHANGE_MODEL,    /* row: the model, of which this host knows something new, was/now: 0. Its spec is a party */
	CHANGE_REFUSAL,  /* row: the task or record with a new refusal, parent: enum refusal_kind */
};

#endif
