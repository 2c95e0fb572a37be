#include "io/http_exchange.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr int kStuck = 8;         // the end of one body, told so often
constexpr Millis kWatch = 250ms;  // how soon it is noticed that a waiting peer has gone
constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kChunk = 32 * 1024;  // one write; the next waits until the socket takes more

using Buffer = std::vector<unsigned char>;

// lws wants LWS_PRE free bytes in front of whatever it writes.
Buffer framed(std::string_view bytes) {
  Buffer buffer(LWS_PRE + bytes.size());
  std::copy(bytes.begin(), bytes.end(), buffer.begin() + LWS_PRE);
  return buffer;
}

}  // namespace

// Soon, and outside of every callback. lws looks at its own timers only when something else wakes it, so it
// is woken.
void end_connection(lws* wsi) {
  lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
  lws_cancel_service(lws_get_context(wsi));
}

// With a linger of zero the kernel answers the coming close() by a reset instead of a polite FIN.
void reset_connection(lws* wsi) {
  linger now{1, 0};
  setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  end_connection(wsi);
}

bool Exchange::begin() {
  request = core->read_head(wsi);
  answering = answered = hang_up = false;
  head.clear();
  out.clear();
  written = refused = 0;
  told_whole = 0;
  std::string length(request.header("content-length").value_or(""));
  bool has_body = request.header("transfer-encoding") || (!length.empty() && length != "0");
  if (request.header("transfer-encoding")) {
    hang_up = true;
    return answer({411, {{"content-type", "text/plain"}}, "send a Content-Length\n"});
  }
  if (std::strtoull(length.c_str(), nullptr, 10) > core->options.body_limit) {
    hang_up = true;
    return answer({413, {{"content-type", "text/plain"}}, "the body is too long\n"});
  }
  bool reads_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH" ||
                    request.method == "DELETE";
  if (!has_body || !reads_body)
    hand_over();
  else
    expect_progress();
  return true;
}

bool Exchange::take_body(std::string_view bytes) {
  if (answered || answering) {
    refused += bytes.size();
    return refused <= core->options.body_limit;
  }
  request.body += bytes;
  expect_progress();
  if (request.body.size() <= core->options.body_limit) return true;
  hang_up = true;
  return answer({413, {{"content-type", "text/plain"}}, "the body is too long\n"});
}

// lws may tell it twice. But while it holds bytes that came behind the body, it tells it again and again and
// nothing else: the loop would spin and the answer never go out. Then it is written from here, and the
// connection ends with it; who sends requests without waiting for answers comes again.
bool Exchange::body_is_whole() {
  if (!answered) hand_over();
  if (!answered || ++told_whole < kStuck) return true;
  hang_up = true;
  return write_answer();
}

void Exchange::hand_over() {
  if (answering || answered || !core) return;
  answering = true;
  lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);  // the handler may take as long as it likes
  // lws reads nothing before the answer, but goes on asking for it: a peer that hangs up meanwhile would make
  // the loop spin. So nothing is asked for, and the watch looks for the hang-up.
  lws_rx_flow_control(wsi, 0);
  if (!core->watch->active()) core->watch->repeat(kWatch);
  Responder responder(core->exchanges[wsi]);
  if (core->handler)
    core->handler(std::move(request), std::move(responder));
  else
    responder.send({404, {{"content-type", "text/plain"}}, "there is nothing here\n"});
}

bool Exchange::answer(ServerResponse response) {
  if (answered || !wsi) return false;
  answered = true;
  lws_rx_flow_control(wsi, 1);
  bool bodiless = response.status == 204 || response.status == 304 || request.method == "HEAD";
  std::vector<unsigned char> room(kLongestHead);
  unsigned char *p = room.data(), *end = room.data() + room.size() - 1;
  bool ok = !lws_add_http_header_status(wsi, static_cast<unsigned>(response.status), &p, end);
  for (const auto& [name, value] : response.headers) {
    std::string key = name + ":";
    ok = ok && !lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>(key.c_str()),
                                            reinterpret_cast<const unsigned char*>(value.c_str()),
                                            static_cast<int>(value.size()), &p, end);
  }
  if (response.status != 204 && response.status != 304)
    ok = ok && !lws_add_http_header_content_length(wsi, response.body.size(), &p, end);
  if (hang_up)
    ok = ok && !lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>("connection:"),
                                            reinterpret_cast<const unsigned char*>("close"), 5, &p, end);
  ok = ok && !lws_finalize_http_header(wsi, &p, end);
  if (!ok) {
    log::warning("http", "an answer's headers did not fit; the connection is cut");
    reset_connection(wsi);
    return false;
  }
  head.assign(reinterpret_cast<const char*>(room.data()), static_cast<std::size_t>(p - room.data()));
  if (!bodiless) out = std::move(response.body);
  expect_progress();
  lws_callback_on_writable(wsi);
  return !hang_up || write_head();  // at once: the peer may go on with a body that is too long, unread
}

bool Exchange::write_head() {
  Buffer buffer = framed(std::exchange(head, {}));
  return lws_write(wsi, buffer.data() + LWS_PRE, buffer.size() - LWS_PRE, LWS_WRITE_HTTP_HEADERS) >= 0;
}

// The last bytes of an answer and the end of the request are one step: the peer may send the next request as
// soon as it has them, and lws would take that for more of this one.
bool Exchange::write_answer() {
  if (!answered) return true;
  if (!head.empty()) {
    if (!write_head()) return false;
    if (out.empty()) return finish();
    expect_progress();
    lws_callback_on_writable(wsi);
    return true;
  }
  if (written == out.size()) return finish();
  std::size_t size = std::min(kChunk, out.size() - written);
  Buffer buffer = framed(std::string_view(out).substr(written, size));
  written += size;
  auto kind = written == out.size() ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP;
  if (lws_write(wsi, buffer.data() + LWS_PRE, size, kind) < 0) return false;
  expect_progress();
  if (written == out.size()) return finish();
  lws_callback_on_writable(wsi);
  return true;
}

void Exchange::expect_progress() {
  lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, static_cast<int>(core->options.stall_seconds));
}

// Responders of the finished request must not reach the next one on this connection, so that gets a new
// exchange.
bool Exchange::finish() {
  if (hang_up) return false;
  answered = answering = false;
  lws* connection = wsi;
  auto self = core->exchanges[connection];
  core->exchanges.erase(connection);
  lws_set_opaque_user_data(connection, nullptr);
  wsi = nullptr;
  return lws_http_transaction_completed(connection) == 0;
}

void Exchange::open() {
  is_socket = true;
  if (core->open_socket) core->open_socket(request, *this);
}

bool Exchange::receive(std::string_view bytes) {
  if (deaf) return true;
  if (message.size() + bytes.size() > core->options.message_limit) {
    message.clear();
    close(1009, "the message is too long");
    return true;
  }
  message += bytes;
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) != 0) return true;
  std::string whole = std::exchange(message, {});
  if (on_message) on_message(whole, lws_frame_is_binary(wsi) != 0);
  return true;
}

void Exchange::enqueue(std::string_view bytes, bool binary) {
  if (!wsi || closing || deaf) return;
  queue.emplace_back(framed(bytes), binary);
  queued += bytes.size();
  if (queued > core->options.backlog_limit) {
    log::info("http", "a websocket did not read {} bytes and is dropped", queued);
    return drop();
  }
  lws_callback_on_writable(wsi);
}

bool Exchange::write_message() {
  if (!queue.empty()) {
    auto [buffer, binary] = std::move(queue.front());
    queue.pop_front();
    std::size_t size = buffer.size() - LWS_PRE;
    queued -= size;
    if (lws_write(wsi, buffer.data() + LWS_PRE, size, binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) < 0)
      return false;
  }
  if (!queue.empty())
    lws_callback_on_writable(wsi);
  else if (closing)
    core->context.loop().later([exchange = std::weak_ptr(core->exchanges[wsi])] {
      if (auto self = exchange.lock()) self->say_goodbye();
    });
  return true;
}

// lws sends no close frame when it is told to close from its own writable callback, so this is called outside
// of it.
void Exchange::say_goodbye() {
  if (!wsi) return;
  auto& [code, reason] = *closing;
  lws_close_reason(wsi, static_cast<lws_close_status>(code), reinterpret_cast<unsigned char*>(reason.data()),
                   reason.size());
  lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

void Exchange::close(int code, std::string_view reason) {
  if (!wsi || closing || deaf) return;
  deaf = true;
  closing.emplace(code, reason.substr(0, 123));
  lws_callback_on_writable(wsi);
}

void Exchange::drop() {
  if (!wsi) return;
  deaf = true;
  queue.clear();
  queued = 0;
  reset_connection(wsi);
}

// The connection has gone. Whoever holds a Responder finds nobody; the owner of a socket hears it now.
void Exchange::closed() {
  auto self = core ? core->exchanges[wsi] : nullptr;
  if (core) core->exchanges.erase(wsi);
  lws_set_opaque_user_data(wsi, nullptr);
  wsi = nullptr;
  if (is_socket && core && on_closed) on_closed(closing ? closing->first : peer_code);
}

}  // namespace coordinator::io
