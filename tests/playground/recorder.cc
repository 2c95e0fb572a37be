#include "recorder.h"

#include <cerrno>
#include <cstring>

#include "base/clock.h"

namespace coordinator::playground {

namespace {

constexpr std::size_t kLongBody =
    256 * 1024;  // files can be had as attachments; memory keeps their requests short

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? digits[word >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

// A token never leaves the process; what stands instead has its form.
Json recorded_headers(const io::HeaderList& headers) {
  Json out = Json::object();
  for (const auto& [name, value] : headers)
    out.set(name,
            name == "authorization" && value.rfind("Bot ", 0) == 0 ? "Bot redacted.by.recorder" : value);
  return out;
}

// An identify and a resume hold the token.
std::string redacted(std::string_view payload) {
  auto json = Json::parse(payload);
  if (!json || !(*json)["d"]["token"]) return std::string(payload);
  json->set("d", Json::clone((*json)["d"]).set("token", "redacted.by.recorder"));
  return json->dump();
}

}  // namespace

void Recorder::exchange(const io::ServerRequest& request, int status, const io::HeaderList& headers,
                        std::string_view body) {
  Json record = Json::object()
                    .set("n", count_)
                    .set("at_ms", system_now().wall.time_since_epoch().count())
                    .set("method", request.method)
                    .set("path", request.target())
                    .set("headers", recorded_headers(request.headers));
  if (!request.body.empty()) {
    auto json = Json::parse(request.body);
    if (json)
      record.set("body", std::move(*json));
    else
      record.set("bodyBase64", base64(request.body));
  }
  Json response = Json::object().set("status", status);
  if (!headers.empty()) response.set("headers", recorded_headers(headers));
  if (auto json = Json::parse(body); json && !body.empty()) response.set("body", std::move(*json));
  record.set("response", std::move(response));
  ++count_;
  write(rest_, record.dump());
  if (request.body.size() > kLongBody) record.set("bodyBase64", "");
  exchanges_.push_back(std::move(record));
  if (exchanges_.size() > kKept) exchanges_.pop_front();
}

void Recorder::gateway(bool in, std::uint64_t connection, std::string_view payload) {
  if (!gateway_) return;
  std::string shown = redacted(payload);
  bool json = Json::parse(shown).has_value();
  write(gateway_, fmt::format(R"({{"gateway":"{}","connection":{},"payload":{}}})", in ? "in" : "out",
                              connection, json ? shown : Json(shown).dump()));
}

Status Recorder::open(const std::string& rest, const std::string& gateway) {
  for (auto [path, file] : {std::pair(&rest, &rest_), std::pair(&gateway, &gateway_)}) {
    if (path->empty()) continue;
    file->reset(std::fopen(path->c_str(), "ae"));
    if (!*file) return fail("cannot write the record to {}: {}", *path, std::strerror(errno));
  }
  return {};
}

void Recorder::write(const File& file, const std::string& line) {
  if (!file) return;
  std::fwrite(line.data(), 1, line.size(), file.get());
  std::fputc('\n', file.get());
  std::fflush(file.get());
}

}  // namespace coordinator::playground
