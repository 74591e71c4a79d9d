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
    "services:\n  web: {ec2: {min_size: 2, max_size: 8, instance_type: m7i.large,\n"
    "              availability_zones: [us-east-1a, us-east-1b], ebs: {volume_type: gp2}}}\n"
    "  app: {ecs: {task_definition: {cpu: 2048, memory: 4096}, assumed: {image_size: 1.5GiB}}}\n"
    "  db: {external: {latency: 2ms, max_connections: 20, price_per_request: 0.0000002}}\n"
    "  fn:\n    for_each_route: true\n    lambda:\n      memory_size: from_trace\n"
    "      assumed:\n        init_duration: {percentiles: {0: 1ms, 50: 20ms, 100: 3s}}\n"
    "        platform_init_duration: {uniform: [1ms, 2s]}\n"
    "        keep_alive: {profile: lambda-2021, function_idle: 5m}\n"
    "calls:\n  - {from: web, to: app, count: 2, probability: 0.5, work: 2ms}\n"
    "  - {from: app, to: db}\n  - {from: fn, to: db, mode: async, on_failure: ignore}\n"
    "recorder: {window: 60s, warm_up: 0s}\n"
    "changes:\n  - {at: +10m, field: services.web.ec2.desired_capacity, value: 6}\n"
    "  - {at: +20m, field: services.db.external.max_connections, value: null}\n";

const std::string kProto =
    "version: 1\nname: \"shop\"\nstart: COLD\ndrain { ns: 60000000000 }\n"
    "services { key: \"web\" value { ec2 { min_size: 2 max_size: 8 instance_type: \"m7i.large\"\n"
    "  availability_zones: [\"us-east-1a\", \"us-east-1b\"] } } }\n"
    "services { key: \"app\" value { ecs { task_definition { cpu: 1024 memory: 2048 }\n"
    "  assumed { image_size { bytes: 100000000 } } } } }\n"
    "services { key: \"fn\" value { lambda { memory_size { mib: 512 } assumed { init_duration {\n"
    "  percentiles { knots { percent: 0 value { ns: 1000000 } }\n"
    "                knots { percent: 100 value { ns: 5000000 } } } } } } } }\n"
    "services { key: \"db\" value { external { latency { constant { ns: 1000000 } } } } }\n"
    "routes { match: \"GET *\" service: \"web\" }\nroutes { match: \"*\" service: \"fn\" }\n"
    "calls { from: \"web\" to: \"app\" }\ncalls { from: \"app\" to: \"db\" probability: 0.5 }\n"
    "changes { at { offset_ns: 300000000000 } field: \"services.web.ec2.desired_capacity\"\n"
    "  value { yaml: \"5\" } }\n";

constexpr std::array<std::string_view, 24> kPieces{
    "{",    "}",  "[",     "]", ":",    ": ",   ",",          "- ",
    "\n",   "  ", "\"",    "'", "|",    "&a ",  "*a",         "!!int ",
    "null", "~",  "---\n", "#", "\x80", "1e99", "from_trace", "lognormal: {p50: 1s, p99: 2s}"};

std::string mutated(std::string text, RandomEngine& random) {
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

/// Spoils a scenario again and again: what loads must read back as it is shown, what does not must
/// be refused with a position.
void spoil(const std::string& whole, const std::string& filename) {
  const char* asked = std::getenv("SKYREPLAY_MUTATIONS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 2000;
  int loaded = 0;
  for (int i = 0; i < rounds; ++i) {
    RandomEngine random = RandomStream(1, "mutation", "text").at(static_cast<std::uint64_t>(i));
    const std::string text = mutated(whole, random);
    CAPTURE(text);
    try {
      const Scenario scenario = Scenario::parse(text, filename);
      ++loaded;
      CHECK(Scenario::parse(scenario.to_yaml(), "other.yaml").digest() == scenario.digest());
    } catch (const InputError& error) {
      CHECK(std::string_view(error.what()).starts_with(filename + ":"));
    }
  }
  CHECK(loaded > rounds / 100);
  CHECK(loaded < rounds);
}

}  // namespace

TEST_CASE("a scenario spoilt at random is refused with a position or reads back as it is shown") {
  spoil(kWhole, "shop.yaml");
}

TEST_CASE("text format spoilt at random is refused with a position or reads back as it is shown") {
  spoil(kProto, "shop.textproto");
}
