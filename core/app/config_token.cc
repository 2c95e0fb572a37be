#include "app/config_token.h"

#include <sys/stat.h>

#include <algorithm>

#include "app/config.h"
#include "base/text.h"
#include "io/file.h"

namespace coordinator::app {

namespace {

constexpr std::size_t kLongest = 4096;

Result<discord::Token> token_in(const std::string& path) {
  auto content = io::read_file(path, kLongest);
  if (!content) return tl::unexpected(content.error());
  return checked_token(*content, path);
}

bool exists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

}  // namespace

Result<discord::Token> find_token(const DiscordOptions& options, const Environment& environment) {
  if (auto given = variable(environment, "DISCORD_TOKEN")) return checked_token(*given, "DISCORD_TOKEN");
  if (auto directory = variable(environment, "CREDENTIALS_DIRECTORY"))
    if (std::string credential = *directory + "/discord-token"; exists(credential))
      return token_in(credential);
  if (!options.token_file.empty()) return token_in(options.token_file);
  if (!options.token.empty()) return options.token;
  return fail(
      "no Discord token: put the bot's token into a file of mode 600 and name it as discord.token_file in "
      "the "
      "configuration, or give it as DISCORD_TOKEN or as a systemd credential named discord-token (the token "
      "is on the "
      "page Bot of your application at https://discord.com/developers/applications)");
}

Result<discord::Token> checked_token(std::string_view text, std::string_view where) {
  std::string_view token = text::trimmed(text);
  if (token.empty()) return fail("{} holds no token: it is empty", where);
  if (token.starts_with("Bot ")) return fail("{} begins with the word Bot: leave that out", where);
  auto odd = [](char c) { return c <= ' ' || c == 0x7f || static_cast<unsigned char>(c) >= 0x80; };
  if (token.size() > kLongest || std::any_of(token.begin(), token.end(), odd))
    return fail("{} holds no token: a token is one word of letters, digits, dots, dashes and underscores",
                where);
  return discord::Token(std::string(token));
}

std::string readable_by_others(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0 || !(info.st_mode & 077)) return {};
  return fmt::format("others may read the token in {}: run: chmod 600 {}", path, path);
}

}  // namespace coordinator::app
