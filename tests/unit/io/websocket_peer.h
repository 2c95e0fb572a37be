// The server's side of a websocket over a RawServer: upgrades every connection, hands over frames, writes any
// frame that a test can think of.
#pragma once

#include <libwebsockets.h>

#include <functional>
#include <string>
#include <string_view>

#include "io/raw_server.h"

namespace coordinator::test {

enum Opcode { continuation = 0, text = 1, binary = 2, close_frame = 8, ping = 9, pong = 10 };

inline std::string frame(int opcode, std::string_view payload, bool final = true) {
  std::string out(1, static_cast<char>((final ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    out += static_cast<char>(126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  } else {
    out += static_cast<char>(127);
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(payload.size() >> shift & 0xff);
  }
  return out.append(payload);
}

inline std::string close_payload(int code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

class WebSocketServer {
 public:
  using Peer = RawServer::Peer;
  explicit WebSocketServer(io::Loop& loop) : tcp_(loop) {
    tcp_.on_input = [this](Peer& peer) { consume(peer); };
  }

  std::string url(std::string_view target = "/") const {
    return "ws://127.0.0.1:" + std::to_string(tcp_.port()) + std::string(target);
  }

  std::function<void(Peer&)> on_open = [](Peer&) {};
  std::function<void(Peer&, int opcode, const std::string& payload)> on_frame = [](Peer&, int,
                                                                                   const std::string&) {};
  std::string last_request;  // the upgrade, as it came
  std::string refuse_with;   // a whole HTTP answer instead of the upgrade

  RawServer& tcp() { return tcp_; }

 private:
  void consume(Peer& peer) {
    if (!peer.upgraded) {
      std::size_t end = peer.input.find("\r\n\r\n");
      if (end == std::string::npos) return;
      last_request = peer.input.substr(0, end + 4);
      peer.input.erase(0, end + 4);
      if (!refuse_with.empty()) return peer.send(refuse_with);
      peer.send(accept_text());
      peer.upgraded = true;
      on_open(peer);
    }
    while (!peer.gone && take_frame(peer)) {
    }
  }

  std::string accept_text() const {
    std::string name = "Sec-WebSocket-Key: ";
    std::size_t at = last_request.find(name) + name.size();
    std::string key = last_request.substr(at, last_request.find("\r\n", at) - at);
    key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    unsigned char digest[20];
    lws_SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    char accept[64];
    lws_b64_encode_string(reinterpret_cast<const char*>(digest), 20, accept, sizeof accept);
    return std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n") +
           "Sec-WebSocket-Accept: " + accept + "\r\n\r\n";
  }

  // Frames of a client are masked, and short enough here.
  bool take_frame(Peer& peer) {
    const auto* in = reinterpret_cast<const unsigned char*>(peer.input.data());
    if (peer.input.size() < 6) return false;
    std::size_t size = in[1] & 0x7f, header = 2;
    if (size == 126) {
      if (peer.input.size() < 8) return false;
      size = static_cast<std::size_t>(in[2] << 8 | in[3]);
      header = 4;
    }
    if (peer.input.size() < header + 4 + size) return false;
    std::string payload;
    for (std::size_t i = 0; i < size; ++i)
      payload += static_cast<char>(in[header + 4 + i] ^ in[header + i % 4]);
    int opcode = in[0] & 0x0f;
    peer.input.erase(0, header + 4 + size);
    on_frame(peer, opcode, payload);
    return true;
  }

  RawServer tcp_;
};

}  // namespace coordinator::test
