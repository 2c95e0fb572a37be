// Brings what is attached to mentions into the projects' inboxes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "base/ids.h"
#include "chat/effects.h"
#include "chat/event.h"
#include "io/http_client.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// The files of a few mentions at a time, those of one after the other. What is in the inbox already stays.
class AttachmentFetcher {
 public:
  struct Options {
    bool from_this_machine = false;  // else only by https, and from another machine
    std::uint64_t keep_free = 0;     // bytes of the disk that are not to be filled
  };
  using Tell = std::function<void(const chat::FilesFetched&)>;

  AttachmentFetcher(io::Loop& loop, Options options, Tell tell);
  ~AttachmentFetcher();  // tells nobody anything more
  AttachmentFetcher(const AttachmentFetcher&) = delete;
  AttachmentFetcher& operator=(const AttachmentFetcher&) = delete;

  // Tells once, never from inside this.
  void fetch(chat::FetchFiles wanted);
  // Nothing is told of it any more.
  void withdraw(MessageId message);
  void keep_free(std::uint64_t bytes) { options_.keep_free = bytes; }

 private:
  class Errand;

  void next();
  void done(MessageId message);

  io::Loop& loop_;
  Options options_;
  Tell tell_;
  io::HttpClient http_;
  std::uint64_t errands_ = 0;  // that were begun
  std::deque<chat::FetchFiles> waiting_;
  std::map<MessageId, std::unique_ptr<Errand>> going_;
};

}  // namespace coordinator::app
