#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "core/random.h"
#include "scenario/support.h"

using skyreplay::InputError;
using skyreplay::RandomEngine;
using skyreplay::RandomStream;
using skyreplay::scenario::Scenario;

namespace {

const std::string kWhole =
    "version: 1\nname: shop\nseed: 3\nstart: warm\ndrain: 15m\n"
    "workload: {trace: a.skytrace, work_share: 0.5, recorded_on: {lambda_memory: from_trace},\n"
    "  client: {timeout: 30s, max_attempts: 3, backoff: {base: 100ms, cap: 20s, jitter: full}}}\n"
    "routes:\n  - {match: \"GET /static/*\", service: web}\n  - {match: \"*\", service: fn}\n"
    "services:\n  web: {lambda: {memory_size: 512, architectures: [arm64]}}\n"
    "  fn:\n    for_each_route: true\n    lambda:\n      memory_size: from_trace\n"
    "      assumed:\n        init_duration: {percentiles: {0: 1ms, 50: 20ms, 100: 3s}}\n"
    "        platform_init_duration: {uniform: [1ms, 2s]}\n"
    "        keep_alive: {profile: lambda-2021, function_idle: 5m}\n"
    "recorder: {window: 60s, warm_up: 0s}\nchanges: []\n";

constexpr std::array<std::string_view, 24> kPieces{
    "{",    "}",  "[",     "]", ":",    ": ",   ",",          "- ",
    "\n",   "  ", "\"",    "'", "|",    "&a ",  "*a",         "!!int ",
    "null", "~",  "---\n", "#", "\x80", "1e99", "from_trace", "lognormal: {p50: 1s, p99: 2s}"};

std::string mutated(RandomEngine& random) {
  std::string text = kWhole;
  const std::size_t times = 1 + random() % 4;
  for (std::size_t i = 0; i < times && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    const std::size_t length = random() % 12;
    switch (random() % 4) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), length));
        break;
      default:
        text.insert(at, kPieces[random() % kPieces.size()]);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a scenario spoilt at random is refused with a position or reads back as it is shown") {
  const char* asked = std::getenv("SKYREPLAY_MUTATIONS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 2000;
  int loaded = 0;
  for (int i = 0; i < rounds; ++i) {
    RandomEngine random = RandomStream(1, "mutation", "text").at(static_cast<std::uint64_t>(i));
    const std::string text = mutated(random);
    CAPTURE(text);
    try {
      const Scenario scenario = Scenario::parse(text, "shop.yaml");
      ++loaded;
      CHECK(Scenario::parse(scenario.to_yaml(), "other.yaml").digest() == scenario.digest());
    } catch (const InputError& error) {
      CHECK(std::string_view(error.what()).starts_with("shop.yaml:"));
    }
  }
  CHECK(loaded > rounds / 100);
  CHECK(loaded < rounds);
}
