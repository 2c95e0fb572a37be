// Names of files that strangers chose, as names that are safe to write to a disk and to put into a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coordinator::chat {

// Without directories, control and format characters, quotes and what a shell makes something of; no dot,
// dash or blank at its beginning, no dot at its end; at most 100 bytes of UTF-8, of which its ending stays.
// "file" where nothing is left. Applied twice it changes nothing.
std::string safe_name(std::string_view name);

// The name, or with a number before its ending: none of those that are taken, whatever their case.
std::string free_name(std::string_view name, const std::vector<std::string>& taken);

}  // namespace coordinator::chat
