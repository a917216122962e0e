/* rows - the records of the platform, as the store keeps them */
#ifndef FS0711_STORE_ROWS_H
#define FS0711_STORE_ROWS_H

#include <jansson.h>

#include "store/field.h"

enum task_state {
	TASK_TODO,
	TASK_IN_PROGRESS,
	TASK_NEEDS_REVIEW,
	TASK_COMPLETED,
	TASK_FAILED,
	TASK_CANCELLED,
	N_TASK_STATES
};
enum priority { PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH, PRIORITY_URGENT, N_PRIORITIES };
enum ai_handled { AI_NO, AI_PARTIAL, AI_FULL };
enum engagement_status { ENGAGEMENT_ACTIVE, ENGAGEMENT_PAUSED, ENGAGEMENT_ENDED };
enum expert_status { EXPERT_ACTIVE, EXPERT_AWAY, EXPERT_LEFT };
enum document_role { DOCUMENT_INPUT, DOCUMENT_FORMER, DOCUMENT_RESULT, DOCUMENT_OUTPUT, DOCUMENT_REQUEST };

enum endpoint_state { ENDPOINT_ACTIVE, ENDPOINT_THROTTLED, ENDPOINT_BROKEN, ENDPOINT_DISABLED };
enum endpoint_format { FORMAT_STANDARD, FORMAT_LEGACY };
enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_DEAD, N_DELIVERY_STATES };

enum model_runner { RUNNER_NONE, RUNNER_SERVER, RUNNER_REMOTE };
enum model_state {
	MODEL_UNLOADED,
	MODEL_LOADING,
	MODEL_RESIDENT,
	MODEL_ASLEEP,
	MODEL_UNLOADING,
	MODEL_FAILED,
	MODEL_REMOTE,
	N_MODEL_STATES
};

extern const char *const task_state_words[];
extern const char *const priority_words[];
extern const char *const ai_handled_words[];
extern const char *const engagement_status_words[];
extern const char *const expert_status_words[];
extern const char *const document_role_words[];
extern const char *const endpoint_state_words[];
extern const char *const endpoint_format_words[];
extern const char *const delivery_state_words[];
extern const char *const model_runner_words[];
extern const char *const model_state_words[];

struct expert {
	int64_t row_id;
	char *id, *name, *login, *email, *title, *domain;
	char *certified_mcps; /* JSON array of texts */
	int64_t hourly_rate_cents, max_clients;
	double rating;
	int status;
	int64_t created_at, updated_at;
};

struct company {
	int64_t row_id;
	char *id, *name, *industry, *country, *size, *contact, *profile;
	int64_t created_at, updated_at;
};

struct engagement {
	int64_t row_id;
	char *id, *name, *title, *description;
	int status;
	char *expert_id, *customer_id;
	char *mcp, *tool; /* engine of what is dropped without another choice; NULL: the settings' */
	int64_t review_threshold;
	char *created_by;
	int64_t created_at, updated_at;
};

struct task {
	int64_t row_id;
	char *id;
	int64_t engagement_row;
	char *engagement_id, *expert_id, *customer_id;
	char *name, *title, *description, *task_type;
	char *mcp, *tool, *mcp_version;
	int state, priority;
	int64_t due_date;
	char *input_data; /* JSON: arguments beside the documents */
	int ai_handled;
	int64_t ai_confidence;
	bool requires_review;
	char *error_message;
	int64_t attempts;
	char *duplicate_of;  /* id of the first task with the same bytes in this engagement */
	char *answered_from; /* id of the task whose stored result answered this one */
	char *created_by, *reviewed_by, *review;
	int64_t created_at, started_at, completed_at, reviewed_at, updated_at;
	double seconds_used;
	int64_t tokens_used;
	double model_seconds_used;
	int64_t progress; /* percent */
	char *progress_text;
	char *input_key; /* hash over the documents' hashes */
	bool fresh;      /* the stored result of a twin is not good enough: work anew */
	int64_t fence;   /* rises with each claim: an outcome under an older one is refused */
	int64_t lease_until;
	char *lease_host;
	int64_t not_before;
	int64_t trashed_at;
	/* no columns: the result as events tell it, see task_take_result */
	json_t *told_output;
	char *told_path;
};

struct document {
	int64_t row_id;
	int64_t task_row;
	int64_t parent_row; /* the folder below input/ that holds it, 0 for none */
	int role;
	bool is_dir;
	char *name, *sha256;
	int64_t size, version; /* version: which result, or which former bytes; 0 otherwise */
	int64_t modified_at;
	char *author; /* who wrote it, NULL: the engine that made it, or who dropped it */
};

/* An entry of an inbox: a file, or a folder with files. It is shown until the work ends; its receipt stays longer. */
struct drop {
	int64_t row_id;
	int64_t inbox;      /* which inbox directory, as the tree numbers them */
	int64_t parent_row; /* the dropped folder that holds it, 0 for none */
	int64_t engagement_row;
	char *mcp, *tool; /* the engine that the inbox directory chose, or NULL */
	char *name;
	bool is_dir;
	int64_t task_row; /* 0 for a folder that is not submitted yet, and what is in it */
	char *task_name;
	char *sha256;
	int64_t size, modified_at;
	int64_t uid;
	char *host;
	int64_t created_at, ended_at; /* ended_at: the entry is gone, the receipt still there */
};

struct event {
	int64_t row_id;
	char *id, *type;
	int64_t task_row, engagement_row;
	int64_t created_at;
	char *data; /* JSON object */
};

/* Who is told of events by HTTP. */
struct endpoint {
	int64_t row_id;
	char *id, *name, *url;
	char *events; /* patterns of types */
	char *allow;  /* special addresses that may be reached, in CIDR notation, one a line */
	bool enabled, ordered;
	int format;
	int state;
	char *reason;          /* of the state; NULL: none */
	char *headers;         /* sealed: "Name: value", one a line */
	char *secrets;         /* sealed: a JSON list of { secret, until }, newest first */
	int64_t from_row;      /* events after this one are for it */
	int64_t failing_since; /* 0: the last delivery arrived, or there was none */
	int64_t created_at, updated_at;
};

/* An event on its way to an endpoint; there is one of each pair at most. */
struct delivery {
	int64_t row_id;
	int64_t endpoint_row, event_row, task_row;
	char *event_id, *type;
	int state;
	int64_t attempts;
	int64_t next_at; /* pending: when it may be sent */
	int64_t created_at, ended_at, changed_at;
	char *log; /* JSON list of attempts, oldest first */
};

/* A model that MCPs may ask for; its spec.json is this record. */
struct model {
	int64_t row_id;
	char *id, *name;
	int runner;
	char *command;   /* JSON array of texts: the program and its arguments; {port}, {socket}, {path}, {name} in them
			  */
	char *path;      /* weights on this host, absolute */
	char *health;    /* a path, or a URL whose path counts */
	char *url;       /* remote: base of its API */
	char *served_as; /* the name the server knows it by; NULL: name */
	char *env;       /* JSON object of texts; NULL: none */
	char *sleep, *wake;   /* paths that are posted to; NULL: it cannot sleep */
	int64_t memory_bytes; /* the estimate; INT_NULL: not said */
	char *devices;        /* JSON array of names; NULL or empty: any */
	bool pinned;
	int64_t keep_alive_s; /* unload after so long without a request; INT_NULL: stay until room is needed */
	int64_t max_wait_s;   /* a request waits at most so long for it to be loaded and free */
	int64_t start_s;      /* a server must be healthy after so long */
	int64_t parallel;     /* requests it answers at a time */
	int64_t queue;        /* requests that wait at most */
	int64_t stop_s;       /* between SIGTERM and SIGKILL */
	bool warm;            /* its weights are read ahead into the page cache */
	char *license;
	char *capabilities; /* JSON array of: chat, embeddings, rerank */
	char *purpose;      /* a sentence for people */
	char *key;          /* sealed: what a remote is asked with */
	char *created_by;
	int64_t created_at, updated_at;
};

/* What one host learned of a model; there is one of each pair at most. */
struct model_memory {
	int64_t row_id, model_row;
	char *host;
	int64_t measured_bytes; /* when it was resident last; 0: never */
	int64_t loads, failures, requests, tokens;
	int64_t load_ms;  /* the last load; 0: none */
	char *load_times; /* JSON array: the last loads in ms, newest first */
	int64_t last_used_at, loaded_at;
};

/* One step of a model's history on one host. */
struct model_step {
	int64_t row_id, model_row;
	char *host;
	int state;
	char *device, *reason; /* NULL: none */
	char *wanted;          /* for whom it went; NULL: nobody */
	int64_t bytes;         /* what it held then; 0: nothing, or not known */
	int64_t created_at;
};

/* How far something has come. */
struct bookmark {
	int64_t row_id;
	char *name;
	int64_t value;
};

struct log_line {
	int64_t row_id;
	int64_t task_row;
	int64_t created_at;
	char *text;
};

struct setting {
	int64_t row_id;
	char *name, *value;
};

struct xattr {
	int64_t row_id;
	int64_t ino; /* row id * 256 and which file of the record; below 0: of a file that belongs to none */
	char *name;
	char *value; /* hex digits: values are bytes */
};

/* What a listing needs of a record: few columns, so that 10,000 rows are one short query. */
struct party_listing {
	int64_t row_id;
	char *name;
	int64_t updated_at;
};
struct delivery_listing {
	int64_t row_id, endpoint_row;
	char *event_id;
	int64_t changed_at;
};
struct task_listing {
	int64_t row_id;
	char *name;
	int state;
	int64_t engagement_row, updated_at;
};

extern const struct table expert_table, company_table, engagement_table, task_table, document_table, drop_table,
	event_table, log_line_table, setting_table, xattr_table, endpoint_table, delivery_table, bookmark_table,
	model_table, model_memory_table, model_step_table;
/* Every table of records, those that others refer to first; ends with NULL. */
extern const struct table *const store_tables[];
extern const struct table expert_listing_table, company_listing_table, engagement_listing_table, task_listing_table,
	endpoint_listing_table, delivery_listing_table, model_listing_table;

#endif
