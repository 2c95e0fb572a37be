// What people ask of the loader.
#include <optional>
#include <string>

#include "loader_stage.h"

#include <CppUTest/TestHarness.h>

using namespace loader;

TEST_GROUP(Request) {
  using Asking = void (Plugins::*)(std::string_view, Plugins::Told);
  Stage stage;

  void start() {
    stage.put("good_1", "good");
    stage.begin();
    CHECK_TRUE(stage.settles());
  }
  std::string told(Asking asking, const std::string& name) {
    std::optional<std::string> words;
    ((*stage.plugins).*asking)(name, [&](const Result<std::string>& told) {
      words = told ? *told : "refused: " + told.error().what;
    });
    CHECK_FALSE(words.has_value());  // later, not from inside
    CHECK_TRUE(stage.until([&] { return words.has_value(); }));
    return words.value_or("");
  }
};

TEST(Request, AReloadLoadsTheSameFileAgain) {
  start();
  auto generation = stage.plugins->serving_plugin("good")->generation();
  STRCMP_EQUAL("good 1.0 serves", told(&Plugins::reload, "good").c_str());
  CHECK_TRUE(stage.plugins->serving_plugin("good")->generation() > generation);
  STRCMP_EQUAL("good 1.0 serves", told(&Plugins::reload, "good.so").c_str());
}

TEST(Request, AReloadThatFailsSaysWhyAndThatTheOldOneServes) {
  start();
  stage.pass(50ms);
  TemporaryDirectory::put(stage.path("good"), "not a plugin any more\n");
  STRCMP_EQUAL("refused: it is a text, not a shared object: build it first; good 1.0 serves on",
               told(&Plugins::reload, "good").c_str());
}

TEST(Request, WhatIsDisabledIsGoneUntilItIsEnabledAlsoAfterARestart) {
  start();
  STRCMP_EQUAL("good is disabled, until somebody enables it", told(&Plugins::disable, "good").c_str());
  STRCMP_EQUAL("", stage.use("good").c_str());
  CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 0; }));
  STRCMP_EQUAL("refused: good is disabled: enable it first", told(&Plugins::reload, "good").c_str());
  stage.end();
  stage.begin();
  CHECK_TRUE(stage.settles());
  CHECK_TRUE(stage.info("good")->state == PluginState::disabled);
  STRCMP_EQUAL("1.0", stage.info("good")->version.c_str());
  STRCMP_EQUAL("good 1.0 serves", told(&Plugins::enable, "good").c_str());
  STRCMP_EQUAL("1.0", stage.use("good").c_str());
}

TEST(Request, AnUnknownNameIsAnsweredWithThoseThatThereAre) {
  start();
  STRCMP_EQUAL("refused: there is no plugin goood; there are good", told(&Plugins::disable, "goood").c_str());
}
