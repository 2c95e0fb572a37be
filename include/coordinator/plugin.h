/* The contract between Coordinator and its command plugins: C99, and all that a plugin may rely on.
 *
 * A plugin is a shared object in the plugins directory. It exports one function, coordinator_plugin_v1(),
 * which returns a descriptor: what it is called, which slash commands it brings, and the functions behind
 * them. The host (the daemon) hands it one table of six functions, and further tables by name: the
 * extensions (extensions.h). plugin.hpp beside this file is the same in C++; plugins/README.md begins with
 * an example.
 *
 * Conventions, once for all of it:
 *
 * - Everything runs on one thread, the host's loop. A function that takes long holds up every channel: what
 *   takes longer than 50 ms is logged; what does not return for 10 s ends the daemon, and after the second
 *   time the plugin stays out. Wait by timers and callbacks, never by sleeping.
 *   A thread of the plugin's own must never call the host, and must have ended before stop() returns, since
 *   its code is unmapped then. A child is started by posix_spawn() or fork() and exec(): one that only forked
 *   keeps the daemon's lock and sockets, and the next daemon cannot start.
 * - Strings are UTF-8 with a size, not ended by a zero. They are borrowed: what the host passes is valid
 *   until the function that received it returns; what the plugin passes needs to be valid only during the
 *   call. Nothing is ever freed on the other side. A string whose data is NULL is absent.
 * - Every struct but coordinator_string and coordinator_header begins with its size, and grows only at its
 *   end. Whoever fills a struct sets the size to sizeof; whoever reads it looks only at the members that lie
 *   within that size. The major version is exact:
 *   another one is another contract. The minor one says which members and functions there are, no more.
 * - Ids are Discord's snowflakes as numbers, 0: none. Times are milliseconds since 1970 UTC, 0: none.
 * - A call is a number that stands for one use of a command, button or modal. It is valid until the plugin's
 *   function has returned, or, once it was held, until it is released. Using it later does no harm:
 *   COORDINATOR_GONE is the answer.
 * - Functions that return an int return COORDINATOR_OK or one of the negative results below; why it was
 *   refused is in the host's log, with the plugin's name.
 * - A function with a `done` (or `answered`) calls it exactly once, later, never from inside itself: when
 * what was asked for is durable, or has failed. Until then the plugin is not unloaded, unless it is stopped:
 * then it is told COORDINATOR_CANCELLED before stop(). What is asked for in stop() itself is not done, and
 * its `done` is not called: functions answer COORDINATOR_CANCELLED there, and NULL or 0 where they return
 * none.
 * - No exception may cross this border, in either direction.
 */
#ifndef COORDINATOR_PLUGIN_H
#define COORDINATOR_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COORDINATOR_MAJOR 1
#define COORDINATOR_MINOR 0

typedef struct coordinator_string {
  const char* data;
  size_t size;
} coordinator_string;

/* A string from a literal, for initialisers. */
#define COORDINATOR_STRING(literal) \
  { literal, sizeof(literal) - 1 }

typedef uint64_t coordinator_call;

enum coordinator_result {
  COORDINATOR_OK = 0,
  COORDINATOR_GONE = -1,      /* the call is over, or was never yours */
  COORDINATOR_INVALID = -2,   /* what was passed breaks a rule of Discord's or of this file */
  COORDINATOR_REFUSED = -3,   /* the person behind the call may not do this */
  COORDINATOR_NOT_FOUND = -4, /* no such channel, session, mention, project, model, plugin, key */
  COORDINATOR_LIMIT = -5,     /* a cap is reached; the log says which */
  COORDINATOR_FAILED = -6,    /* the disk, the network or a program failed */
  COORDINATOR_CANCELLED = -7  /* the plugin is being stopped */
};

enum coordinator_level {
  COORDINATOR_DEBUG = 0,
  COORDINATOR_INFO = 1,
  COORDINATOR_WARNING = 2,
  COORDINATOR_ERROR = 3
};

/* ---- The host ---- */

typedef struct coordinator_host coordinator_host;
struct coordinator_host {
  uint32_t size;
  uint32_t major, minor; /* of the contract that the host was built against */

  /* One line in the host's log, with the plugin's name before it. */
  void (*log)(const coordinator_host* host, int level, coordinator_string text);

  /* The table of an extension ("coordinator.sessions/1"), valid while the plugin is loaded; NULL where the
   * host has none of that name and version. */
  const void* (*extension)(const coordinator_host* host, const char* name);

  /* The value of a command's option, or of a modal's field, as text: numbers in decimal, booleans as "true"
   * or "false", people, channels and roles as their id, an attachment as its URL, the values of a field that
   * takes several joined by line ends. Absent where it was not given. The name of the subcommand that was
   * used is the argument "" (the empty name): "add", or "group add". */
  coordinator_string (*argument)(const coordinator_host* host, coordinator_call call,
                                 coordinator_string name);

  /* Answers the call in Markdown. What is longer than one message goes on in further ones. Of a command whose
   * COORDINATOR_EPHEMERAL is set they are seen by its user only. */
  int (*reply)(const coordinator_host* host, coordinator_call call, coordinator_string text);

  /* Keeps the call beyond the return of the function that got it: until release(), or for an hour at most.
   * What is held twice wants two releases. Inside the function that got it, the last release() ends it when
   * that function returns. At most 100 calls of one plugin are held at once, its old versions'
   * included; of all plugins 200 are under way at once. */
  int (*hold)(const coordinator_host* host, coordinator_call call);
  void (*release)(const coordinator_host* host, coordinator_call call);
};

/* ---- The descriptor ---- */

/* Discord's numbers. */
enum coordinator_option_type {
  COORDINATOR_SUBCOMMAND = 1,
  COORDINATOR_SUBCOMMAND_GROUP = 2,
  COORDINATOR_TEXT = 3,
  COORDINATOR_INTEGER = 4,
  COORDINATOR_BOOLEAN = 5,
  COORDINATOR_USER = 6,
  COORDINATOR_CHANNEL = 7,
  COORDINATOR_ROLE = 8,
  COORDINATOR_MENTIONABLE = 9,
  COORDINATOR_NUMBER = 10,
  COORDINATOR_ATTACHMENT = 11
};

enum coordinator_option_flags {
  COORDINATOR_REQUIRED = 1u << 0,
  COORDINATOR_AUTOCOMPLETE = 1u << 1 /* the plugin's `complete` is asked while the user types */
};

typedef struct coordinator_choice {
  uint32_t size;
  coordinator_string name, value; /* the value as text, whatever the option's type */
} coordinator_choice;

typedef struct coordinator_option coordinator_option;
struct coordinator_option {
  uint32_t size;
  uint32_t type, flags;
  coordinator_string name, description;
  const coordinator_option* const* options; /* of a subcommand or a group */
  size_t option_count;
  const coordinator_choice* const* choices;
  size_t choice_count;
};

enum coordinator_command_flags {
  /* What reply() says, and "thinking...", is seen by its user only; of other answers their own flag decides.
   */
  COORDINATOR_EPHEMERAL = 1u << 0,
  COORDINATOR_IN_DMS = 1u << 1 /* can be used in direct messages with the bot too */
};

/* Names and limits are Discord's: https://discord.com/developers/docs/interactions/application-commands */
typedef struct coordinator_command {
  uint32_t size;
  uint32_t flags;
  coordinator_string name, description;
  const coordinator_option* const* options;
  size_t option_count;
  uint64_t permissions; /* what a member needs to see it (Discord's bits; a server's admins can change that);
                           0: nothing */

  /* Somebody used the command. */
  void (*run)(void* state, coordinator_call call);
  /* Somebody types an option with COORDINATOR_AUTOCOMPLETE: answer by interactions->choices, at once. May be
   * NULL where no option has that. */
  void (*complete)(void* state, coordinator_call call);
} coordinator_command;

typedef struct coordinator_plugin {
  uint32_t size;
  uint32_t major, minor;   /* COORDINATOR_MAJOR, COORDINATOR_MINOR */
  coordinator_string name; /* its identity: a-z, 0-9, - and _, at most 24 */
  coordinator_string version, description;
  const coordinator_command* const* commands;
  size_t command_count;
  const coordinator_string*
      extensions; /* that it cannot do without: where one is missing, it is not loaded */
  size_t extension_count;

  /* Makes the plugin ready: COORDINATOR_OK, or a negative result (say why by host->log), and it is not
   * loaded. *state comes back in every call. It is called in a trial process first, with a host that knows
   * nothing and does nothing: so it should prepare, not act. May be NULL. */
  int (*start)(const coordinator_host* host, void** state);
  /* Nothing of the plugin is called afterwards, and its code is unmapped: free everything. May be NULL. */
  void (*stop)(void* state);
  /* A button or select of this plugin was used; a modal of it was sent. May be NULL. Also after a restart. */
  void (*component)(void* state, coordinator_call call);
  void (*modal)(void* state, coordinator_call call);
} coordinator_plugin;

/* The one function that a plugin exports. It returns the same descriptor each time, which stays valid while
 * the plugin is loaded, and it does nothing else. */
#if defined(__GNUC__)
#define COORDINATOR_EXPORT __attribute__((visibility("default")))
#else
#define COORDINATOR_EXPORT
#endif
COORDINATOR_EXPORT const coordinator_plugin* coordinator_plugin_v1(void);

#ifdef __cplusplus
}
#endif

#endif
