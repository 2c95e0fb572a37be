// What a run leaves behind on this machine: processes, files, rows of the database.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"

namespace coordinator::chaos {

// Takes in the orphans of this process's children from here on, so that descendants() finds them all.
void become_subreaper();

// "PID NAME" of everything that descends from this process, but for `known`; those that are dead are reaped.
std::vector<std::string> descendants(int known);

// The process with that name (as /proc shortens it) that carries this turn's marker; 0: there is none.
int process_of(const std::string& turn, const std::string& name);

// What an orderly stop should not have left in the state directory.
std::vector<std::string> leftovers(const std::string& state);

// What the database says of what is not finished; and, a line each, of one mention.
std::vector<std::string> unfinished(const std::string& state);
std::vector<std::string> rows_about(const std::string& state, MessageId mention);
std::vector<std::string> turns_of(const std::string& state, MessageId mention);

}  // namespace coordinator::chaos
