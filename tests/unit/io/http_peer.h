// The server's side of HTTP/1.1 over a RawServer: hands over whole requests, writes any answer that a test
// can think of.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/raw_server.h"

namespace coordinator::test {

struct HttpSeen {
  std::string method, target, head, body;

  // The value of a header, empty when it is not there.
  std::string header(std::string name) const {
    auto lower = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
      return text;
    };
    std::size_t at = lower(head).find("\r\n" + lower(name) + ":");
    if (at == std::string::npos) return {};
    at += name.size() + 3;
    std::string value = head.substr(at, head.find("\r\n", at) - at);
    return value.substr(std::min(value.find_first_not_of(' '), value.size()));
  }
};

class HttpPeer {
 public:
  using Peer = RawServer::Peer;
  explicit HttpPeer(io::Loop& loop) : tcp_(loop) {
    tcp_.on_input = [this](Peer& peer) { consume(peer); };
  }

  std::string url(std::string_view target = "") const {
    return "http://127.0.0.1:" + std::to_string(tcp_.port()) + std::string(target);
  }
  static std::string answer(int status, std::string_view body = {}, std::string_view headers = {}) {
    return "HTTP/1.1 " + std::to_string(status) +
           " Whatever\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(headers) +
           "\r\n" + std::string(body);
  }

  // Answers by itself with an empty 204 unless a test says otherwise.
  std::function<void(Peer&, const HttpSeen&)> on_request = [](Peer& peer, const HttpSeen&) {
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
  };
  std::vector<HttpSeen> seen;

  RawServer& tcp() { return tcp_; }

 private:
  void consume(Peer& peer) {
    while (!peer.gone) {
      std::size_t end = peer.input.find("\r\n\r\n");
      if (end == std::string::npos) return;
      HttpSeen request;
      request.head = peer.input.substr(0, end + 2);
      std::size_t length = std::strtoul(request.header("Content-Length").c_str(), nullptr, 10);
      if (peer.input.size() < end + 4 + length) return;
      request.body = peer.input.substr(end + 4, length);
      peer.input.erase(0, end + 4 + length);
      std::size_t space = request.head.find(' ');
      request.method = request.head.substr(0, space);
      request.target = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
      seen.push_back(request);
      on_request(peer, request);
    }
  }

  RawServer tcp_;
};

}  // namespace coordinator::test
