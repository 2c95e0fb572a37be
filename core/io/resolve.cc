#include "io/resolve.h"

#include <netdb.h>
#include <uv.h>

#include <utility>

#include "io/loop.h"

namespace coordinator::io {

struct Resolve::Query {
  uv_getaddrinfo_t request;
  Resolve* owner;
  std::string host;
  Done done;

  void finish(int status, addrinfo* found);
};

namespace {

std::vector<std::string> texts(const addrinfo* found) {
  std::vector<std::string> addresses;
  for (; found; found = found->ai_next) {
    char text[64] = "";
    if (found->ai_family == AF_INET)
      uv_ip4_name(reinterpret_cast<const sockaddr_in*>(found->ai_addr), text, sizeof text);
    else if (found->ai_family == AF_INET6)
      uv_ip6_name(reinterpret_cast<const sockaddr_in6*>(found->ai_addr), text, sizeof text);
    if (*text) addresses.emplace_back(text);
  }
  return addresses;
}

}  // namespace

Resolve::Resolve(Loop& loop, const std::string& host, Done done)
    : query_(new Query{{}, this, host, std::move(done)}) {
  query_->request.data = query_;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  auto finished = [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
    static_cast<Query*>(request->data)->finish(status, found);
  };
  int failed = uv_getaddrinfo(loop.raw(), &query_->request, finished, host.c_str(), nullptr, &hints);
  if (failed) loop.later([query = query_, failed] { query->finish(failed, nullptr); });
}

Resolve::~Resolve() {
  if (!query_) return;
  query_->owner = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&query_->request));
}

void Resolve::Query::finish(int status, addrinfo* found) {
  std::vector<std::string> addresses = texts(found);
  uv_freeaddrinfo(found);
  if (owner) {
    owner->query_ = nullptr;
    if (status || addresses.empty())
      done(fail("cannot find the address of {}: {}", host, status ? uv_strerror(status) : "it has none"));
    else
      done(std::move(addresses));
  }
  delete this;
}

}  // namespace coordinator::io
