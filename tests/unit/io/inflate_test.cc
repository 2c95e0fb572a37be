// Transport compression undone: payloads of every size over one stream, cut anywhere, broken, and bombs.
#include "io/inflate.h"

#include <string>
#include <vector>

#include "base/random.h"
#include "io/compressing.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

namespace {

std::vector<std::string> payloads() {
  Random random(7);
  std::vector<std::string> all = {"{}", std::string(16 * 1024, 'x'), std::string(16 * 1024 - 1, 'y'),
                                  std::string(1'000'000, 'z')};
  for (int i = 0; i < 50; ++i) all.push_back(random.hex(static_cast<int>(random.below(70'000))));
  return all;
}

}  // namespace

TEST_GROUP(Inflate){};

TEST(Inflate, undoes_a_zlib_stream) {
  Deflate deflated;
  io::Inflate inflate(io::Inflate::Format::zlib);
  for (const auto& payload : payloads()) {
    auto got = inflate.feed(deflated(payload));
    CHECK(got.has_value() && got->has_value());
    CHECK(**got == payload);
  }
}

TEST(Inflate, undoes_a_zstd_stream) {
  Zstd compressed;
  io::Inflate inflate(io::Inflate::Format::zstd);
  for (const auto& payload : payloads()) {
    auto got = inflate.feed(compressed(payload));
    CHECK(got.has_value() && got->has_value());
    CHECK(**got == payload);
  }
}

TEST(Inflate, waits_for_the_end_of_a_flush_however_it_is_cut) {
  Deflate deflated;
  io::Inflate inflate(io::Inflate::Format::zlib);
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    std::string payload = random.hex(200), bytes = deflated(payload);
    std::size_t cut = random.below(bytes.size());
    auto first = inflate.feed(std::string_view(bytes).substr(0, cut));
    CHECK(first.has_value() && !first->has_value());
    auto second = inflate.feed(std::string_view(bytes).substr(cut));
    CHECK(second.has_value() && second->has_value());
    CHECK(**second == payload);
  }
}

TEST(Inflate, stops_at_its_limit) {
  std::string bomb(100'000, 'a');
  io::Inflate zlib(io::Inflate::Format::zlib, 20'000), zstd(io::Inflate::Format::zstd, 20'000);
  auto first = zlib.feed(Deflate()(bomb)), second = zstd.feed(Zstd()(bomb));
  CHECK(!first.has_value());
  CHECK(!second.has_value());
  STRCMP_CONTAINS("longer than 20000", first.error().what.c_str());
  STRCMP_CONTAINS("longer than 20000", second.error().what.c_str());
}

TEST(Inflate, stops_at_its_limit_when_no_flush_ever_comes) {
  io::Inflate inflate(io::Inflate::Format::zlib, 10'000);
  for (int i = 0; i < 10; ++i) CHECK(inflate.feed(std::string(1000, 'x')).has_value());
  CHECK(!inflate.feed("x").has_value());
}

TEST(Inflate, tells_a_broken_stream) {
  io::Inflate zlib(io::Inflate::Format::zlib), zstd(io::Inflate::Format::zstd);
  CHECK(!zlib.feed(std::string("nonsense\0\0\xff\xff", 12)).has_value());
  CHECK(!zstd.feed("nonsense").has_value());
}
