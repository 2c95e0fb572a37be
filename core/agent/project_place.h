// The directory .coordinator in a project's directory, opened; see place_names.h for what is in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/place_names.h"
#include "io/directory.h"

namespace coordinator::agent {

// A directory by the names that lead to it from the project's, the first of them kPlace; what is missing is
// made, with the .gitignore. An error where one of them is a symbolic link or another user's: whoever can
// write in the project could lead us anywhere by it.
Result<io::Directory> make_place(const std::string& project, const std::vector<std::string>& names);
// The same where it is there already; absent where it is not.
Result<std::optional<io::Directory>> find_place(const std::string& project,
                                                const std::vector<std::string>& names);

}  // namespace coordinator::agent
