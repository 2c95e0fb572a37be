// How many files this process may have open: as many as the system lets it, while the programs that it runs
// get what it was given itself.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace coordinator::io {

// Opens what is missing of stdin, stdout and stderr, as /dev/null: else the next socket or file would have
// that number, and be written to by whoever means stderr. First of all in a program.
void open_standard_streams();

// Raises the soft limit as far as it may go (to 65536, which is more than all that the configuration allows
// can use). Once, at the start, before anything else sizes its tables by it.
void raise_open_files();

// The soft limit for programs that this one runs; 0: it was never raised.
std::uint64_t open_files_of_children();
// Gives it to one that runs already, when somebody else started it.
void restore_open_files(pid_t child);

// Whether so many more could be opened now.
bool can_open(int files);

}  // namespace coordinator::io
