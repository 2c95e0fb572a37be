// Answers of coding agents, and how each should read: corpus/NAME.md beside corpus/NAME.expected. After a
// change, COORDINATOR_CORPUS=write writes the expectations anew; what `git diff` shows then is to be read by
// a person.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "render/answer.h"

#include <CppUTest/TestHarness.h>

using coordinator::render::File;
using coordinator::render::Message;
namespace render = coordinator::render;
namespace text = coordinator::text;

namespace {

constexpr std::string_view kMessage = "════════ message ════════\n";
constexpr std::string_view kFile = "════════ file ";

const std::filesystem::path kFolder = std::filesystem::path(TEST_DATA) / "corpus";

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> sources() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

// Of a file its measures stand for it: its text is the source's.
std::string measures(const File& file) {
  auto lines = std::count(file.content.begin(), file.content.end(), '\n');
  return std::string(kFile) + file.name + ": " + std::to_string(lines) + " lines, " +
         std::to_string(file.content.size()) + " bytes; " + file.caption + "\n";
}

std::string written(const std::vector<Message>& messages) {
  std::string out;
  for (const Message& message : messages) {
    out.append(kMessage).append(message.content).append("\n");
    for (const File& file : message.files) out += measures(file);
  }
  return out;
}

std::string line_of(const std::string& text, std::size_t& at) {
  std::size_t end = std::min(text.find('\n', at), text.size());
  std::string line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  return line;
}

// From the first line that differs on, a few of both.
std::string difference(const std::string& expected, const std::string& actual) {
  std::size_t a = 0, b = 0, last_a = 0, last_b = 0;
  int number = 0;
  for (std::string left, right; left == right && (a < expected.size() || b < actual.size()); ++number) {
    last_a = a;
    last_b = b;
    left = line_of(expected, a);
    right = line_of(actual, b);
  }
  std::string out = "line " + std::to_string(number) + "\n";
  for (int i = 0; i < 8 && last_a < expected.size(); ++i) out += "  - " + line_of(expected, last_a) + "\n";
  for (int i = 0; i < 8 && last_b < actual.size(); ++i) out += "  + " + line_of(actual, last_b) + "\n";
  return out;
}

bool writing() {
  const char* given = std::getenv("COORDINATOR_CORPUS");
  return given && std::string_view(given) == "write";
}

}  // namespace

TEST_GROUP(Corpus){};

TEST(Corpus, ReadsAsItShould) {
  std::string differences;
  for (const auto& source : sources()) {
    std::filesystem::path expected = source;
    expected.replace_extension(".expected");
    std::string actual = written(render::answer_with_files({{contents(source)}}));
    if (writing()) std::ofstream(expected, std::ios::binary) << actual;
    std::string wanted = contents(expected);
    if (wanted != actual) differences += source.filename().string() + ", " + difference(wanted, actual);
  }
  if (!differences.empty()) FAIL(differences.c_str());
}

TEST(Corpus, IsLarge) { CHECK_TRUE(sources().size() >= 200); }

TEST(Corpus, IsWhatDiscordTakes) {
  for (const auto& source : sources())
    for (const Message& message : render::answer_with_files({{contents(source)}})) {
      CHECK_TRUE_TEXT(text::code_points(message.content) <= 2000, source.c_str());
      CHECK_FALSE_TEXT(text::blank(message.content), source.c_str());
      CHECK_TRUE_TEXT(message.files.size() <= 10, source.c_str());
    }
}
