#include "scenario/field_path.h"

#include <doctest/doctest.h>

#include "scenario/law.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::kSmall;
using skyreplay::testing::mistakes_of;

namespace {

const std::string kTwo =
    "version: 1\n"
    "routes:\n"
    "  - {match: \"GET /\", service: a}\n"
    "  - {match: \"*\", service: b.c}\n"
    "services:\n"
    "  a: {lambda: {}}\n"
    "  b.c: {lambda: {}}\n";

Scenario two(const std::string& set) { return Scenario::parse(kTwo, "shop.yaml", {set}); }

}  // namespace

TEST_CASE("a setting replaces a field, makes the maps on its way and takes any YAML value") {
  CHECK(two("seed=7").message().seed() == 7);
  CHECK(two("services.a.lambda.timeout=30").message().services().at("a").lambda().timeout() == 30);
  const Scenario client = two("workload.client={timeout: 2s, max_attempts: 4}");
  CHECK(client.message().workload().client().max_attempts() == 4);
  CHECK(to_duration(two("recorder.window=5m").message().recorder().window()) == 300s);
  CHECK(two("services.a.lambda.assumed.init_duration={exponential: {mean: 2s}}")
            .message()
            .services()
            .at("a")
            .lambda()
            .assumed()
            .init_duration()
            .has_exponential());
}

TEST_CASE("a key with a dot is written in brackets and quotes") {
  const Scenario scenario = two("services[\"b.c\"].lambda.memory_size=512");
  CHECK(scenario.message().services().at("b.c").lambda().memory_size().mib() == 512);
  CHECK(scenario.message().services().at("a").lambda().memory_size().mib() == 128);
}

TEST_CASE("a list's element is chosen by its number or by one of its fields") {
  CHECK(two("routes[1].match=\"PUT *\"").message().routes(1).match() == "PUT *");
  CHECK(two("routes[service=a].match=\"PUT *\"").message().routes(0).match() == "PUT *");
  CHECK(two("routes[match=\"GET /\"].match=\"x\"").message().routes(0).match() == "x");
  const auto called = [](const std::string& set) {
    return Scenario::parse(skyreplay::testing::kEverything, "shop.yaml", {set});
  };
  CHECK(called("calls[0].count=3").message().calls(0).count() == 3);
  CHECK(called("calls[from=app].probability=0.25").message().calls(1).probability() == 0.25);
}

TEST_CASE("later settings win over earlier ones and over the file") {
  CHECK(Scenario::parse(kSmall + "seed: 5\n", "shop.yaml", {"seed=6", "seed=7"}).message().seed() ==
        7);
  CHECK(two("seed=6").with({"seed=8"}).message().seed() == 8);
}

TEST_CASE("null takes the file's value away") {
  const std::string text = kSmall + "seed: 5\n";
  CHECK(Scenario::parse(text, "shop.yaml", {"seed=null"}).message().seed() == 1);
  CHECK(Scenario::parse(kTwo, "shop.yaml", {"services.a=null", "routes[0].service=b.c"})
            .message()
            .services_size() == 1);
}

TEST_CASE("a value that does not fit is refused under its path") {
  CHECK(mistakes_of(kSmall, {"drain=5"}) ==
        "--set drain: a duration needs a unit: 5s or 5ms, not '5'");
  CHECK(mistakes_of(kSmall, {"services.fn={lambda: {timeout: 0}}"}) ==
        "--set services.fn: services.fn.lambda.timeout: must be between 1 and 900 s, not '0'");
  CHECK(mistakes_of(kSmall, {"services.fn.lambda.timeuot=5"}) ==
        "--set services.fn.lambda.timeuot: unknown field 'timeuot', did you mean 'timeout'?");
  CHECK(mistakes_of(kSmall, {"services.fn=null", "services.web.ec2.min_size=5"}) ==
        "--set services.web.ec2.min_size: services.web.ec2.max_size: is missing\n"
        "--set services.web.ec2.min_size: services.web.ec2.instance_type: is missing");
}

TEST_CASE("mistakes of the file come first, then those of the settings in their order") {
  CHECK(mistakes_of(kSmall + "seed: x\n", {"drain=5", "start=hot"}) ==
        "shop.yaml:3:7: seed: must be a whole number, not 'x'\n"
        "--set drain: a duration needs a unit: 5s or 5ms, not '5'\n"
        "--set start: must be one of warm, cold; not 'hot'");
}

TEST_CASE("a path to an element that is not there is refused") {
  CHECK(mistakes_of(kTwo, {"routes[2].service=a"}) ==
        "--set routes[2].service: there is no element [2]: the list has 2");
  CHECK(mistakes_of(kTwo, {"routes[service=x].match=a"}) ==
        "--set routes[service=x].match: no element has service 'x'");
  CHECK(mistakes_of(kTwo, {"routes[1].service=a", "routes[service=a].match=b"}) ==
        "--set routes[service=a].match: more than one element has service 'a'");
  CHECK(mistakes_of(kTwo, {"services[0]=a"}) ==
        "--set services[0]: brackets choose an element of a list, and this is a map");
  CHECK(mistakes_of(kTwo, {"version.x=1"}) == "--set version.x: there is no 'x' in '1'");
}

TEST_CASE("a setting that cannot be read shows where and what was expected") {
  CHECK(mistakes_of(kSmall, {"seed"}) ==
        "--set 'seed': expected '=' and a value after the path at character 5");
  CHECK(mistakes_of(kSmall, {"=5"}) == "--set '=5': expected a field's name at character 1");
  CHECK(mistakes_of(kSmall, {"a..b=5"}) ==
        "--set 'a..b=5': expected a field's name at character 3");
  CHECK(mistakes_of(kSmall, {"a[\"b=5"}) ==
        "--set 'a[\"b=5': expected a closing '\"' at character 7");
  CHECK(mistakes_of(kSmall, {"a[b].c=5"}) ==
        "--set 'a[b].c=5': expected an element's number, [name=...] or [\"...\"], not 'b', at "
        "character 4");
  CHECK(mistakes_of(kSmall, {"seed="}) ==
        "--set seed: has no value; write null to take the file's value away");
  CHECK(mistakes_of(kSmall, {"seed=[1"}) ==
        "--set seed: a key must be a text; or is a bracket left open?");
  CHECK(mistakes_of(kSmall, {"seed=&a 1"}) ==
        "--set seed: anchors (&name) are refused: write the value out");
}

TEST_CASE("a path is spelled with quotes where a name would not read back") {
  using skyreplay::scenario::join_path;
  CHECK(join_path("", "a") == "a");
  CHECK(join_path("a", "b c") == "a.b c");
  CHECK(join_path("a", "b.c") == "a[\"b.c\"]");
  CHECK(join_path("a", "x\"y\\") == "a[\"x\\\"y\\\\\"]");
  const auto step = skyreplay::scenario::parse_setting("a[\"x\\\"y\\\\\"]=1").path.at(1);
  CHECK(step.name == "x\"y\\");
}
