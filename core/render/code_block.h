// A fenced block of code: read whole, and written as Discord knows it, in full or as a preview.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "render/fence.h"

namespace coordinator::render {

struct CodeBlock {
  Fence fence;
  std::string_view opening, body,
      closing;           // of the source; the body is whole lines, with their containers' marks
  std::string_view end;  // the line end of the last line
  bool closed = false;
  std::size_t size = 0;  // bytes of the source

  // What is in it, without its containers' marks.
  std::string code() const;
};

// The block whose opening line the text begins with; `fence` is what that line opens.
CodeBlock code_block_at(std::string_view text, const Fence& fence);

// In full. Nothing of an empty one, which Discord would show as six backticks.
std::string shown(const CodeBlock& block);
// Its first lines.
std::string preview(const CodeBlock& block);

// Whether the preview shows less than all, and how much less: "292 more lines".
bool has_more(const CodeBlock& block);
std::string more(const CodeBlock& block);

// Text in a fence of Discord's: a mark in it is broken by an invisible character.
std::string fenced(std::string_view language, std::string_view code);

}  // namespace coordinator::render
