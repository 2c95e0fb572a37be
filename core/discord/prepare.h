// What every request gets before it goes out: explicit mentions, the list of its files, and whether it may be
// repeated; and how long its files may take.
#pragma once

#include "discord/request.h"

namespace coordinator::discord {

// Makes sure that nobody is pinged by what an agent happened to write: a body that creates or edits a message
// and has no `allowed_mentions` gets {parse: [], replied_user: false}; one that has them keeps them, with an
// empty `parse` where none is written. In a callback's body that is its `data`. Other bodies stay as they
// are.
void make_mentions_explicit(Request& request);

// Discord wants each file named in the body's `attachments`; an existing list is kept.
void list_files(Request& request);

// How long its files may take on a slow line (1 Mbit/s upwards); zero where it has none.
Millis upload_time(const Request& request);

// Whether doing it twice is the same as doing it once: everything but POST; and of those a message with an
// enforced nonce, typing, a callback (the second is refused with 40060), a thread on a message (one each).
bool is_repeatable(const Request& request);

}  // namespace coordinator::discord
