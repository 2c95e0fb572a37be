/* The extensions: what a plugin may ask of the host beyond its six functions, each a table with a name and a
 * version.
 *
 * host->extension(host, COORDINATOR_QUEUE) gives a coordinator_queue, or NULL where the host has none. The
 * conventions of plugin.h hold here too.
 */
#ifndef COORDINATOR_EXTENSIONS_H
#define COORDINATOR_EXTENSIONS_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How something ended. `words` say so to a person, in Markdown; absent where nothing is to be said. */
typedef void (*coordinator_done)(void* context, int result, coordinator_string words);

/* Answers beyond plain text: embeds, buttons, selects, modals, choices.
 *
 * A message is JSON in Discord's own form: {"content", "embeds", "components", ...}; a modal is {"custom_id",
 * "title", "components"}; choices are [{"name", "value"}]. They are checked against Discord's limits
 * first. A custom_id is the plugin's own, at most 64 characters: the host makes it this plugin's, so that
 * it comes back here. The host answers Discord in time by itself ("thinking...") when the plugin takes long,
 * and when the interaction has ended after 15 minutes, what is still said becomes a message in the channel
 * (where an ephemeral one is left out). */
#define COORDINATOR_INTERACTIONS "coordinator.interactions/1"

/* Discord's numbers. */
enum coordinator_kind {
  COORDINATOR_RUN = 2,
  COORDINATOR_COMPONENT = 3,
  COORDINATOR_COMPLETE = 4,
  COORDINATOR_MODAL = 5
};

typedef struct coordinator_interaction {
  uint32_t size;
  uint32_t kind;
  uint64_t id;
  coordinator_string command;   /* of RUN and COMPLETE */
  coordinator_string focused;   /* of COMPLETE: the option that is being typed */
  coordinator_string custom_id; /* of COMPONENT and MODAL: the plugin's own */
  uint64_t user, channel, guild;
  coordinator_string user_name; /* as the server shows it */
  uint64_t permissions;         /* of the user in this channel */
  coordinator_string locale;
} coordinator_interaction;

typedef struct coordinator_message {
  uint32_t size;
  uint32_t flags; /* COORDINATOR_EPHEMERAL: seen by the user only */
  coordinator_string json;
  uint64_t
      components_ms; /* how long its buttons and selects, or the modal, work; 0: a day, at most ten years */
} coordinator_message;

typedef struct coordinator_interactions {
  uint32_t size;
  /* Fills *out; its strings are valid until the plugin's function returns. */
  int (*describe)(const coordinator_host* host, coordinator_call call, coordinator_interaction* out);
  /* The nth value that was chosen in a select; absent behind the last. */
  coordinator_string (*value)(const coordinator_host* host, coordinator_call call, size_t index);
  /* The answer: to a command a message, to a component or a modal a further message. Once; then edit. */
  int (*respond)(const coordinator_host* host, coordinator_call call, const coordinator_message* message);
  /* "Thinking..." now, the answer later by respond. The host does so by itself in time. */
  int (*defer)(const coordinator_host* host, coordinator_call call, uint32_t flags);
  /* Changes the answer; of a component that has no answer yet, the message that carries it. What is not
   * named stays; "components": [] takes buttons away. The flags count only where it is the first answer. */
  int (*edit)(const coordinator_host* host, coordinator_call call, const coordinator_message* message);
  int (*follow_up)(const coordinator_host* host, coordinator_call call, const coordinator_message* message);
  /* The answer to a command or a component, not to a modal. */
  int (*modal)(const coordinator_host* host, coordinator_call call, const coordinator_message* modal);
  /* The answer to COMPLETE; at most 25. */
  int (*choices)(const coordinator_host* host, coordinator_call call, coordinator_string json);
} coordinator_interactions;

/* Conversations with agents: each channel has at most one that is current, and keeps its earlier ones. What
 * changes one is done for the person behind `call`, who must be allowed to talk to the channel's project. */
#define COORDINATOR_SESSIONS "coordinator.sessions/1"

typedef struct coordinator_session {
  uint32_t size;
  uint32_t current;
  uint64_t channel;
  coordinator_string id, project, agent;
  coordinator_string model; /* an alias; empty: the agent's own default */
  uint64_t messages;
  double cost_usd;
  int64_t created, last_activity;
  uint32_t running, queued; /* of the channel: turns that run (0 or 1), mentions that wait */
} coordinator_session;

typedef void (*coordinator_visit_session)(void* context, const coordinator_session* session);

enum coordinator_reset_flags { COORDINATOR_CANCEL_RUNNING = 1u << 0 };

typedef struct coordinator_sessions {
  uint32_t size;
  /* The current ones, the one that was active last first; channel 0: all. */
  void (*each)(const coordinator_host* host, uint64_t channel, coordinator_visit_session visit,
               void* context);
  /* All that the channel had, at most 100, the latest first; then done. */
  void (*history)(const coordinator_host* host, uint64_t channel, coordinator_visit_session visit,
                  coordinator_done done, void* context);
  /* The next mention begins a new one. A turn that runs goes on in the old one, unless it is cancelled. */
  void (*reset)(const coordinator_host* host, coordinator_call call, uint64_t channel, uint32_t flags,
                coordinator_done done, void* context);
  /* The next mention goes on in this earlier one of the channel, or in a copy of it. */
  void (*resume)(const coordinator_host* host, coordinator_call call, uint64_t channel, coordinator_string id,
                 coordinator_done done, void* context);
  void (*fork)(const coordinator_host* host, coordinator_call call, uint64_t channel, coordinator_string id,
               coordinator_done done, void* context);
} coordinator_sessions;

/* Mentions that wait or run. */
#define COORDINATOR_QUEUE "coordinator.queue/1"

typedef struct coordinator_mention {
  uint32_t size;
  uint32_t running;
  uint64_t message, channel, user;
  coordinator_string user_name, project, prompt;
  int64_t arrived, started;
} coordinator_mention;

typedef void (*coordinator_visit_mention)(void* context, const coordinator_mention* mention);

typedef struct coordinator_queue {
  uint32_t size;
  /* Of one channel, the running one first, then as they wait; channel 0: all, channel by channel. */
  void (*each)(const coordinator_host* host, uint64_t channel, coordinator_visit_mention visit,
               void* context);
  /* Takes it out, or ends its turn. Its author, the project's approvers and who may manage messages may do
   * this. */
  void (*cancel)(const coordinator_host* host, coordinator_call call, uint64_t message, coordinator_done done,
                 void* context);
} coordinator_queue;

/* Projects, as the configuration file has them. Changes are written to that file, and in force when `done`
 * says so. Only a server's administrators may change them. */
#define COORDINATOR_PROJECTS "coordinator.projects/1"

typedef struct coordinator_project {
  uint32_t size;
  coordinator_string name, directory, agent, model;
  const uint64_t* channels;
  size_t channel_count;
} coordinator_project;

typedef void (*coordinator_visit_project)(void* context, const coordinator_project* project);

/* What is absent (or 0) stays as it is, or is the default. */
typedef struct coordinator_project_change {
  uint32_t size;
  coordinator_string name;
  coordinator_string repository; /* add only: cloned into the projects directory (https, ssh, git, file) */
  coordinator_string directory;  /* in the place of a repository: one that exists */
  uint64_t channel;              /* speaks to it from now on, and no longer to another */
  coordinator_string model;
  coordinator_string system_prompt;
  coordinator_string
      allow; /* "role:ID", "user:ID", "guild:ID" or "everyone"; add: the person behind the call */
} coordinator_project_change;

typedef struct coordinator_projects {
  uint32_t size;
  void (*each)(const coordinator_host* host, coordinator_visit_project visit, void* context);
  /* Visits the project that the channel (or a thread under it) speaks to; COORDINATOR_NOT_FOUND where there
   * is none. */
  int (*of_channel)(const coordinator_host* host, uint64_t channel, coordinator_visit_project visit,
                    void* context);
  /* `progress` (may be NULL) comes now and then before `done`, with the same context. */
  void (*add)(const coordinator_host* host, coordinator_call call, const coordinator_project_change* change,
              void (*progress)(void* context, coordinator_string words), coordinator_done done,
              void* context);
  void (*set)(const coordinator_host* host, coordinator_call call, const coordinator_project_change* change,
              coordinator_done done, void* context);
  /* Takes it out of the configuration; its directory stays. */
  void (*remove)(const coordinator_host* host, coordinator_call call, coordinator_string name,
                 coordinator_done done, void* context);
} coordinator_projects;

/* The models that a channel's agent knows, as aliases. */
#define COORDINATOR_MODELS "coordinator.models/1"

typedef struct coordinator_models {
  uint32_t size;
  void (*each)(const coordinator_host* host, uint64_t channel,
               void (*visit)(void* context, coordinator_string alias, coordinator_string description),
               void* context);
  /* The alias in force for the channel, empty: the agent's default; absent where the channel has no project.
   */
  coordinator_string (*current)(const coordinator_host* host, uint64_t channel);
  /* Kept for the channel, over resets and restarts. The alias "default" goes back to the project's own. A
   * dated model id is refused: it would be gone one day. */
  void (*set)(const coordinator_host* host, coordinator_call call, uint64_t channel, coordinator_string alias,
              coordinator_done done, void* context);
} coordinator_models;

/* Values of the plugin's own, which survive restarts and reloads: keys up to 128 bytes, values up to 64 KiB,
 * 1,000 keys. */
#define COORDINATOR_STORAGE "coordinator.storage/1"

typedef struct coordinator_storage {
  uint32_t size;
  /* Absent where there is none. Valid until the plugin's function returns, or until the key is set. */
  coordinator_string (*get)(const coordinator_host* host, coordinator_string key);
  /* An absent value erases the key. Answers that follow leave only when this is durable. */
  int (*set)(const coordinator_host* host, coordinator_string key, coordinator_string value);
  /* In the order of the keys. */
  void (*each)(const coordinator_host* host, coordinator_string prefix,
               void (*visit)(void* context, coordinator_string key, coordinator_string value), void* context);
} coordinator_storage;

/* At most 100 timers of one plugin at once, each of a year at most. */
#define COORDINATOR_TIMERS "coordinator.timers/1"

typedef struct coordinator_timers {
  uint32_t size;
  /* Calls `fire` once, after so many milliseconds. The number of the timer, 0 where the cap is reached. A
   * timer does not keep an old version of the plugin loaded: those that are left when it stops are called
   * with COORDINATOR_CANCELLED. */
  uint64_t (*start)(const coordinator_host* host, uint64_t delay_ms, void (*fire)(void* context, int result),
                    void* context);
  /* Then `fire` is called with COORDINATOR_CANCELLED, later. A timer that is over is ignored. */
  void (*cancel)(const coordinator_host* host, uint64_t timer);
} coordinator_timers;

/* HTTP on the loop: https anywhere, http to this machine; GET (where no method is named), POST, PUT, PATCH,
 * DELETE. Redirections are answers, and not followed. At most 10 requests of one plugin at once, 50 headers,
 * 30 s and 1 MiB each. One that is cancelled is answered with status 0. */
#define COORDINATOR_HTTP "coordinator.http/1"

typedef struct coordinator_header {
  coordinator_string name, value;
} coordinator_header;

typedef struct coordinator_http_request {
  uint32_t size;
  coordinator_string method, url, body;
  const coordinator_header* headers;
  size_t header_count;
} coordinator_http_request;

typedef struct coordinator_http_response {
  uint32_t size;
  int32_t status; /* 0: no answer; then `body` says why */
  coordinator_string body;
  const coordinator_header* headers;
  size_t header_count;
} coordinator_http_response;

typedef struct coordinator_http {
  uint32_t size;
  void (*send)(const coordinator_host* host, const coordinator_http_request* request,
               void (*answered)(void* context, const coordinator_http_response* response), void* context);
} coordinator_http;

/* Numbers for operators: at most 50 names of one plugin, each of 1 to 64 of a-z, 0-9 and _, and not ending in
 * _bucket, _sum, _count or, of a gauge, _total. They are coordinator_plugin_NAME, of a count with _total. */
#define COORDINATOR_METRICS "coordinator.metrics/1"

typedef struct coordinator_metrics {
  uint32_t size;
  int (*count)(const coordinator_host* host, coordinator_string name, double by); /* only grows */
  int (*gauge)(const coordinator_host* host, coordinator_string name, double value);
} coordinator_metrics;

/* What turns used: tokens and money. */
#define COORDINATOR_USAGE "coordinator.usage/1"

typedef struct coordinator_usage_row {
  uint32_t size;
  uint32_t turns;
  int64_t day; /* its first millisecond, UTC */
  uint64_t channel, user;
  coordinator_string user_name;
  uint64_t input_tokens, output_tokens;
  double cost_usd;
} coordinator_usage_row;

typedef struct coordinator_usage {
  uint32_t size;
  /* One row for each day, channel and user since then, the latest day first, at most 10,000; then done. */
  void (*since)(const coordinator_host* host, int64_t since,
                void (*visit)(void* context, const coordinator_usage_row* row), coordinator_done done,
                void* context);
} coordinator_usage;

/* What agents asked people to allow, and who decided. */
#define COORDINATOR_AUDIT "coordinator.audit/1"

enum coordinator_decision {
  COORDINATOR_UNDECIDED = 1,
  COORDINATOR_ALLOWED = 2,
  COORDINATOR_ALLOWED_SESSION = 3, /* until its conversation ends */
  COORDINATOR_DENIED = 4,
  COORDINATOR_EXPIRED = 5,  /* denied: nobody answered in time */
  COORDINATOR_WITHDRAWN = 6 /* the agent no longer asks */
};

typedef struct coordinator_audit_row {
  uint32_t size;
  uint32_t decision;
  uint64_t channel, message;      /* the mention that the agent worked on */
  uint64_t requester, decided_by; /* decided_by: 0 where no person did */
  coordinator_string requester_name, decided_by_name;
  coordinator_string turn, tool, input; /* input: the tool's argument as JSON, cut where it is very long */
  coordinator_string reason;            /* of a denial, where one was given */
  int64_t asked, decided;               /* decided: 0 while nobody has */
} coordinator_audit_row;

typedef struct coordinator_audit {
  uint32_t size;
  /* What was asked in that channel (0: in all), as far as the person behind the call may look into it; the
   * latest first, at most 200; then done. */
  void (*each)(const coordinator_host* host, coordinator_call call, uint64_t channel,
               void (*visit)(void* context, const coordinator_audit_row* row), coordinator_done done,
               void* context);
} coordinator_audit;

/* The plugins themselves. Changes are for those who may administrate the server. */
#define COORDINATOR_PLUGINS "coordinator.plugins/1"

enum coordinator_plugin_state {
  COORDINATOR_SERVING = 1,      /* with a `detail`: its file has changed, and that says why it is refused */
  COORDINATOR_REFUSED_FILE = 2, /* `detail` says why */
  COORDINATOR_DISABLED = 3,     /* by a person */
  COORDINATOR_QUARANTINED = 4   /* the daemon died in its code twice */
};

typedef struct coordinator_plugin_info {
  uint32_t size;
  uint32_t state;
  coordinator_string name, version, description, file, detail;
  const coordinator_command* const* commands; /* of the one that serves */
  size_t command_count;
} coordinator_plugin_info;

typedef struct coordinator_plugins {
  uint32_t size;
  void (*each)(const coordinator_host* host,
               void (*visit)(void* context, const coordinator_plugin_info* plugin), void* context);
  void (*reload)(const coordinator_host* host, coordinator_call call, coordinator_string name,
                 coordinator_done done, void* context);
  void (*enable)(const coordinator_host* host, coordinator_call call, coordinator_string name,
                 coordinator_done done, void* context);
  void (*disable)(const coordinator_host* host, coordinator_call call, coordinator_string name,
                  coordinator_done done, void* context);
  /* Discord's id of a published command, for a mention of it (</name:id>); 0 while it is not published. */
  uint64_t (*command_id)(const coordinator_host* host, coordinator_string command);
} coordinator_plugins;

#ifdef __cplusplus
}
#endif

#endif
