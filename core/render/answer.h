// An agent's answer as the messages that should exist: its blocks joined, made to read well, split and
// capped; what is too long for messages goes along as files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event.h"
#include "render/file.h"

namespace coordinator::render {

struct Message {
  std::string content;      // at most `limit` code points, never blank
  std::vector<File> files;  // at most 10, together at most `file_bytes`

  bool operator==(const Message&) const = default;
};

struct AnswerOptions {
  std::size_t messages = 6;  // the most that one answer may take; at least 1
  std::size_t limit = 2000;  // code points in one message; at least 200, so that the closing sentence fits
  bool for_discord = true;   // tables, deep headings and the like are rewritten first (markdown.h)
  std::size_t file_bytes = 10'000'000;  // of all files of one answer, a little below Discord's 10 MiB
};

// The messages, in order; none where the blocks have nothing visible in them. Code that would fill more than
// two messages is a preview with a file; where the answer takes more messages than it may, the last one says
// how much more there is and carries the whole as the agent wrote it, in answer.md.
std::vector<Message> answer_with_files(const std::vector<agent::Text>& blocks,
                                       const AnswerOptions& options = {});

// The same where no files can go along: code is split however long it is, and an answer that is too long ends
// with how much was left out and what to do about it.
std::vector<std::string> answer(const std::vector<agent::Text>& blocks, const AnswerOptions& options = {});

// An answer that is still being written.
struct Live {
  std::vector<Message> messages;
  // The first so many stay as they are, files included, whatever the agent goes on with, as long as it does
  // not abandon the block that it writes.
  std::size_t settled = 0;
};

// The finished blocks and what there is of the next one, which may be nothing. Written so that what is shown
// grows: marks, links and rows of tables that are not finished are held back; a table is plain text until its
// second line is there; an open fence is closed, and shows no more than both its ends would: a preview. With
// the last block finished these are the messages of answer_with_files(). It reads all at each call, at most
// the first MiB: what comes behind changes nothing but numbers.
Live live(const std::vector<agent::Text>& blocks, std::string_view growing,
          const AnswerOptions& options = {});

}  // namespace coordinator::render
