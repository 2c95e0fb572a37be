// The shim's ear: a unix socket in the turn's directory, for this user's processes only.
#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "shim/fd.h"
#include "shim/protocol.h"

namespace coordinator::shim {

// One client. What it sends is read no faster than it is obeyed, and held up to one command; what it is told
// is held up to a few lines: a client that does not read learns the spool's newest size when it does.
class Connection {
 public:
  Connection(Fd socket, std::size_t stdin_cap);

  // Called for each whole command, with the bytes that follow `stdin`.
  using Obey = std::function<void(Connection&, const Command&, std::string)>;
  void read(const Obey& obey);
  void tell(const Notice& notice);
  void spool_grew(std::uint64_t size) { spool_ = size; }
  void knows_spool(std::uint64_t size) { spool_ = told_ = size; }
  void flush();

  int fd() const { return socket_.get(); }
  bool wants_to_write() const { return !deaf_ && (!out_.empty() || spool_ != told_); }
  bool broken() const { return !socket_; }

 private:
  void obey_all(const Obey& obey);
  bool obey_one(const Obey& obey);
  void refuse(const char* words);
  void go_deaf();

  Fd socket_;
  std::size_t stdin_cap_;
  std::string in_, out_;
  bool deaf_ = false;
  std::uint64_t spool_ = 0, told_ = 0;  // the spool's size as it is, and as this client knows it
};

class Control {
 public:
  // Listens on kSocketName in that directory (mode 0600), however long its path. 0, or an errno.
  int listen(int directory);
  // Adds what is to be polled: first the listener, then each client.
  void add_to(std::vector<pollfd>& polled) const;
  // Takes up new clients and their commands, and lets go of broken ones. `polled` as add_to() left it.
  void serve(const pollfd* polled, std::size_t stdin_cap, const Status& greeting,
             const Connection::Obey& obey);
  void tell_all(const Notice& notice);
  void spool_grew(std::uint64_t size);
  bool anyone() const { return !clients_.empty(); }
  // Everyone has been told everything (or has gone).
  bool all_told() const;

 private:
  void accept(std::size_t stdin_cap, const Status& greeting);
  bool same_user(int socket) const;

  Fd listener_;
  std::list<Connection> clients_;
};

}  // namespace coordinator::shim
