// Randomness and back-off: the shapes that others rely on.
#include "base/random.h"

#include <set>
#include <string>

#include "base/backoff.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;

TEST_GROUP(Random){};

TEST(Random, TheSameSeedTellsTheSameStory) {
  Random a(42), b(42), c(43);
  std::string first = a.uuid();
  STRCMP_EQUAL(first.c_str(), b.uuid().c_str());
  CHECK_TRUE(first != c.uuid());
}

TEST(Random, UuidsAreVersionFourInLowerCase) {
  Random random(1);
  std::set<std::string> seen;
  for (int round = 0; round < 1000; ++round) {
    std::string uuid = random.uuid();
    LONGS_EQUAL(36, uuid.size());
    for (std::size_t dash : {8u, 13u, 18u, 23u}) BYTES_EQUAL('-', uuid[dash]);
    BYTES_EQUAL('4', uuid[14]);
    CHECK_TEXT(std::string("89ab").find(uuid[19]) != std::string::npos, uuid.c_str());
    CHECK_TEXT(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos, uuid.c_str());
    CHECK_TRUE(seen.insert(uuid).second);
  }
}

TEST(Random, HexHasAsManyDigitsAsAsked) {
  Random random(1);
  for (int digits : {0, 1, 8, 16, 17, 40}) LONGS_EQUAL(digits, random.hex(digits).size());
}

TEST(Random, NumbersStayInTheirBounds) {
  Random random(1);
  double sum = 0;
  for (int round = 0; round < 10'000; ++round) {
    double unit = random.unit();
    CHECK_TRUE(unit >= 0 && unit < 1);
    CHECK_TRUE(random.below(3) < 3);
    sum += unit;
  }
  DOUBLES_EQUAL(0.5, sum / 10'000, 0.02);
}

TEST(Random, SeedsOfTheSystemDiffer) { CHECK_TRUE(system_seed() != system_seed()); }

TEST_GROUP(Backoff){};

TEST(Backoff, DoublesUpToItsLimitWithJitterInTheUpperHalf) {
  Random random(5);
  Backoff backoff(1s, 60s);
  Millis ceiling = 1s;
  for (int round = 0; round < 12; ++round) {
    Millis wait = backoff.next(random);
    CHECK_TRUE(wait >= ceiling / 2 && wait <= ceiling);
    ceiling = std::min<Millis>(60s, ceiling * 2);
  }
}

TEST(Backoff, BeginsAgainAfterASuccess) {
  Random random(5);
  Backoff backoff(1s, 60s);
  for (int round = 0; round < 6; ++round) backoff.next(random);
  backoff.reset();
  CHECK_TRUE(backoff.next(random) <= 1s);
}
