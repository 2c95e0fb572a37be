// The page's files, built into the program by embed.cmake.
#pragma once

#include <string_view>

namespace coordinator::playground {

struct PageFile {
  std::string_view path;  // "/index.html"
  std::string_view bytes;
};

// Ends with an entry whose path is empty.
const PageFile* page_files();

}  // namespace coordinator::playground
