/* query - every question that is asked of the store; the text of each stands in sql.c, the same for all engines */
#ifndef FS0711_STORE_QUERY_H
#define FS0711_STORE_QUERY_H

/* Behind each: what it yields, then its arguments in order. */
enum query {
	Q_EXPERT_BY_NAME,     /* expert: name */
	Q_EXPERT_BY_LOGIN,    /* expert: login; the oldest */
	Q_EXPERT_BY_ID,       /* expert: id */
	Q_EXPERTS,            /* expert listing by row: after row, limit */
	Q_COMPANY_BY_NAME,    /* company: name */
	Q_COMPANY_BY_ID,      /* company: id */
	Q_COMPANIES,          /* company listing by row: after row, limit */
	Q_ENGAGEMENT_BY_NAME, /* engagement: name */
	Q_ENGAGEMENT_BY_ID,   /* engagement: id */
	Q_ENGAGEMENTS,        /* engagement listing by row: after row, limit */
	Q_ENGAGEMENTS_OF,     /* number: how many name the expert or customer: id */

	Q_TASK_BY_NAME,          /* task, not in the trash: engagement row, name */
	Q_TASK_LISTING_BY_NAME,  /* task listing, not in the trash: engagement row, name */
	Q_TASK_BY_ID,            /* task: id */
	Q_TASKS_OF,              /* task listing, not in the trash, by row: engagement row, after row, limit */
	Q_TASKS_IN_STATE,        /* task listing, not in the trash, by row: state word, after row, limit */
	Q_TASKS_TRASHED,         /* task listing in the trash, by row: after row, limit */
	Q_TASKS_TRASHED_OF_NAME, /* task listing in the trash, by time: engagement row, name */
	Q_TASKS_TRASHED_BEFORE,  /* task listing trashed before a time, by row: time, limit */
	Q_TASK_COUNT_OF,         /* number of tasks, trash included: engagement row */
	Q_TASK_COUNT_IN,         /* number of tasks not in the trash: state word */
	Q_TASK_FIRST_TWIN,    /* task, not in the trash, oldest, same bytes: engagement row, input key, not this row */
	Q_TASK_ANSWERED_TWIN, /* task, not in the trash, newest that is done or in review with a result: engagement row,
				 input key, mcp, tool, mcp version, input data ('' for null), not this row */
	Q_TASKS_READY,        /* task todo whose time has come: highest priority, then oldest: now, limit */
	Q_TASK_NEXT_READY,    /* number: the earliest not_before in the future of a task in todo: now */
	Q_TASKS_LEASE_ENDED,  /* task in progress with a lease that ended: now, limit */
	Q_TASKS_LEASE_RESET,  /* exec: end the leases of a host: host */

	Q_DOCUMENTS_OF,         /* document by row: task row, role word, parent row */
	Q_DOCUMENTS_ALL,        /* document by row, all roles and folders: task row */
	Q_DOCUMENT_BY_NAME,     /* document: task row, role word, parent row, name */
	Q_DOCUMENT_LATEST,      /* document, highest version: task row, role word */
	Q_DOCUMENT_USES,        /* number: how many documents and inbox entries have the hash: sha256 */
	Q_DOCUMENTS_OF_BYTES,   /* document by row: sha256 */
	Q_DROPS_OF_BYTES,       /* drop of a file by row: sha256 */
	Q_DOCUMENTS_DELETE,     /* exec: delete the documents of: task row, role word */
	Q_DOCUMENTS_DELETE_ALL, /* exec: delete the documents of a task, all roles: task row */
	Q_DOCUMENT_SIZES,       /* number: bytes of all documents */

	Q_DROP_BY_NAME,         /* drop, entry still there: inbox, parent row, name */
	Q_DROP_RECEIPT,         /* drop with a task, newest of that name: inbox, name */
	Q_DROPS_OF,             /* drop, entry still there, by row: inbox, parent row, after row, limit */
	Q_DROPS_RECEIPTS,       /* drop with a task and no folder above, by row: inbox, after row, limit */
	Q_DROPS_OF_TASK,        /* drop by row, ended or not: task row */
	Q_DROPS_END,            /* exec: end the entries of a task: task row, now */
	Q_DROPS_DELETE_ENDED,   /* exec: delete those of that name that ended: inbox, name */
	Q_DROPS_OLD,            /* drop that ended before a time: time, limit */
	Q_DROPS_UNSUBMITTED,    /* drop: folders without a task, files in no folder without one, by row */
	Q_DROPS_DELETE_ORPHANS, /* exec: delete what lies in folders that are no more */
	Q_DROPS_DELETE_OF_TASK, /* exec: delete: task row */

	Q_EVENTS_SINCE,   /* event by row: after row, limit */
	Q_EVENTS_FROM,    /* event by row: created at or after, after row, limit */
	Q_EVENTS_BETWEEN, /* event by row: created at or after, before, after row, limit */
	Q_EVENTS_OF_TASK, /* event by row: task row, after row, limit */
	Q_EVENT_BY_ID,    /* event: id */
	Q_EVENT_LAST,     /* number: highest row id */
	Q_EVENT_FROM,     /* number: time of the first event at or after a time: time */
	Q_EVENT_BEFORE,   /* number: time of the last event before a time: time */
	Q_EVENTS_DELETE,  /* exec: delete the oldest: created before, at most so many */
	Q_EVENT_FIRST_OF, /* number: row of the first event of: task row, type */
	Q_LOG_OF_TASK,    /* log line by row: task row, limit */
	Q_LOG_DELETE,     /* exec: delete the lines of a task: task row */

	Q_ENDPOINT_BY_NAME, /* endpoint: name */
	Q_ENDPOINT_BY_ID,   /* endpoint: id */
	Q_ENDPOINTS,        /* endpoint listing by row: after row, limit */
	Q_ENDPOINTS_ALL,    /* endpoint by row */
	Q_ENDPOINT_COUNT,   /* number of endpoints */
	Q_DELIVERY_OF,      /* delivery: endpoint row, event row */
	Q_DELIVERY_NAMED,   /* delivery: endpoint row, event id, state word */
	Q_DELIVERIES_DUE,   /* delivery, longest due first: endpoint row, now, limit, behind which time and row */
	Q_DELIVERY_NEXT,    /* number: when the next one of an endpoint may go: endpoint row, after */
	Q_DELIVERIES_IN,    /* delivery listing by row, the newest: state word, limit */
	Q_DELIVERY_END, /* exec: after an attempt, while it is on its way: row, state word, attempts, next, now, ended,
			   log */
	Q_DELIVERY_AHEAD,     /* number: row of the first one on its way: endpoint row, task row */
	Q_DELIVERY_WAIT,      /* exec: it waits for an earlier one: row */
	Q_DELIVERIES_RELEASE, /* exec: the first one on its way, if it waited, may go: endpoint row, task row, from when
			       */
	Q_DELIVERIES_RELEASE_ALL, /* exec: all that wait for an earlier one may go: endpoint row, from when */
	Q_DELIVERIES_HURRY,   /* exec: those that would go after a time go from another on: endpoint row, when, after */
	Q_DELIVERIES_UNBLOCK, /* exec: those that wait for none may go: from when */
	Q_DELIVERIES_DELETE_OF,   /* exec: delete: endpoint row */
	Q_DELIVERIES_DELETE_OLD,  /* exec: delete delivered ones that ended before: time, limit */
	Q_DELIVERIES_DELETE_LOST, /* exec: delete those whose event is gone */
	Q_DELIVERY_COUNT_IN,      /* number: state word */
	Q_DELIVERY_COUNT_OF,      /* number: state word, endpoint row */
	Q_DELIVERY_OLDEST,        /* number: when the oldest one on its way was made */
	Q_DELIVERY_LAST_EVENT,    /* number: the highest row of an event that has a delivery */
	Q_BOOKMARK,               /* bookmark: name */

	Q_MODEL_BY_NAME,          /* model: name */
	Q_MODEL_BY_ID,            /* model: id */
	Q_MODELS,                 /* model listing by row: after row, limit */
	Q_MODELS_ALL,             /* model by row */
	Q_MODEL_MEMORY_OF,        /* model memory: model row, host */
	Q_MODEL_MEMORIES_DELETE,  /* exec: delete: model row */
	Q_MODEL_STEPS_OF,         /* model step by row, the newest: model row, limit */
	Q_MODEL_STEPS_DELETE,     /* exec: delete: model row */
	Q_MODEL_STEPS_DELETE_OLD, /* exec: delete the oldest: created before, at most so many */

	Q_SETTING,               /* setting: name */
	Q_XATTRS_OF,             /* xattr by name: inode */
	Q_XATTR,                 /* xattr: inode, name */
	Q_XATTRS_FROM,           /* xattr by inode: from inode, below inode */
	Q_XATTRS_DELETE,         /* exec: delete: from inode, below inode */
	Q_XATTRS_DELETE_OF_TASK, /* exec: delete those of documents and inbox entries: task row */
	Q_XATTRS_DELETE_LOST,    /* exec: delete those whose inode's row is no record */
	Q_XATTRS_MOVE,           /* exec: from inode, below inode, how far */

	Q_SEQUENCE_TAKE,  /* number, the store's own: the end of a new block of row ids: how many */
	Q_SEQUENCE_NEXT,  /* number, the store's own: the first row id that is in no block yet */
	Q_SEQUENCE_RAISE, /* exec, the store's own: no row id below that is given out any more: row id */
	N_QUERIES
};

#endif
