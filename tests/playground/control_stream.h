// The control interface's websocket: the whole world first, then every change (README.md, "The stream").
#pragma once

#include <set>

#include "control.h"

namespace coordinator::playground {

class ControlStream {
 public:
  explicit ControlStream(ControlRoom room);
  ~ControlStream();
  ControlStream(const ControlStream&) = delete;
  ControlStream& operator=(const ControlStream&) = delete;

  void open(io::ServerSocket& socket);

 private:
  void on_change(const Change& change);
  std::optional<Json> describe(const Change& change);
  Json message(const char* type, ChannelId channel, MessageId id);

  ControlRoom room_;
  std::set<io::ServerSocket*> sockets_;
  int watch_;
};

}  // namespace coordinator::playground
