// URLs: what is read out of them, what is refused, and what counts as this machine.
#include "io/url.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;

TEST_GROUP(Url){};

TEST(Url, is_taken_apart) {
  auto url = io::parse_url("WSS://Gateway.Discord.GG:8443/x/y?v=10&encoding=json");
  CHECK(url.has_value());
  STRCMP_EQUAL("wss", url->scheme.c_str());
  STRCMP_EQUAL("gateway.discord.gg", url->host.c_str());
  LONGS_EQUAL(8443, url->port);
  STRCMP_EQUAL("/x/y?v=10&encoding=json", url->target.c_str());
  STRCMP_EQUAL("wss://gateway.discord.gg:8443/x/y?v=10&encoding=json", url->text().c_str());
}

TEST(Url, knows_the_ports_of_its_schemes) {
  LONGS_EQUAL(443, io::parse_url("https://a")->port);
  LONGS_EQUAL(80, io::parse_url("ws://a")->port);
  STRCMP_EQUAL("https://a/", io::parse_url("https://a:443")->text().c_str());
  STRCMP_EQUAL("wss://a/?v=10", io::parse_url("wss://a?v=10")->text().c_str());
}

TEST(Url, understands_an_IPv6_address) {
  auto url = io::parse_url("http://[::1]:8080/api");
  STRCMP_EQUAL("::1", url->host.c_str());
  STRCMP_EQUAL("http://[::1]:8080/api", url->text().c_str());
}

TEST(Url, is_refused_when_it_is_none) {
  for (const char* text : {"", "discord.com", "ftp://a", "https://", "https://:80", "https://a:0",
                           "https://a:65536", "https://a:8x", "https://u:p@a/", "https://a/#f",
                           "https://a b/", "http://[::1", "https://a/\r\nHost: b", "https://a\\b"})
    CHECK_TEXT(!io::parse_url(text), text);
}

TEST(Url, keeps_its_query_out_of_the_error) {
  STRCMP_EQUAL("not a URL: https//a", io::parse_url("https//a?token=secret").error().what.c_str());
}

TEST(Url, counts_only_this_machine_as_loopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"})
    CHECK_TEXT(io::is_loopback(host), host);
  for (const char* host : {"127.0.0.1.example.org", "127.0.0", "127.0.0.256", "127..0.1", "127.0.0.1.",
                           "128.0.0.1", "localhost.example.org", "0.0.0.0", "", "127.0.0.-1", "10.0.0.1"})
    CHECK_TEXT(!io::is_loopback(host), host);
}

TEST(Url, is_safe_when_encrypted_or_local) {
  CHECK(io::require_safe(*io::parse_url("https://discord.com/api")).has_value());
  CHECK(io::require_safe(*io::parse_url("http://127.0.0.1:1/api")).has_value());
  STRCMP_CONTAINS("use https", io::require_safe(*io::parse_url("http://discord.com")).error().what.c_str());
}
