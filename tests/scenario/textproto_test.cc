#include <doctest/doctest.h>

#include "core/error.h"
#include "scenario/read_textproto.h"
#include "scenario/support.h"

using skyreplay::InputError;
using skyreplay::scenario::is_textproto;
using skyreplay::scenario::Scenario;

namespace {

std::string refusal(const std::string& text, const std::vector<std::string>& sets = {}) {
  try {
    Scenario::parse(text, "shop.textproto", sets);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const std::string kProto =
    "# a comment\n"
    "version: 1\n"
    "name: \"shop\"\n"
    "start: COLD\n"
    "drain { ns: 60000000000 }\n"
    "services {\n"
    "  key: \"web\"\n"
    "  value {\n"
    "    ec2 {\n"
    "      min_size: 2 max_size: 8 instance_type: \"m7i.large\"\n"
    "      availability_zones: [\"us-east-1a\", \"us-east-1b\"]\n"
    "    }\n"
    "  }\n"
    "}\n"
    "services {\n"
    "  key: \"app\"\n"
    "  value { ecs {\n"
    "    task_definition { cpu: 1024 memory: 2048 runtime_platform { cpu_architecture: ARM64 } }\n"
    "    assumed { image_size { bytes: 100000000 } pull_rate { bytes_per_second: 50000000 } }\n"
    "  } }\n"
    "}\n"
    "services {\n"
    "  key: \"fn\"\n"
    "  value { lambda {\n"
    "    memory_size { mib: 512 } architectures: ARM64\n"
    "    assumed { init_duration { percentiles {\n"
    "      knots { percent: 0 value { ns: 1000000 } } knots { percent: 100 value { ns: 5000000 } "
    "}\n"
    "    } } }\n"
    "  } }\n"
    "}\n"
    "services {\n"
    "  key: \"db\"\n"
    "  value { external { latency { uniform { low { ns: 1000000 } high { ns: 2000000 } } } } }\n"
    "}\n"
    "routes { match: \"GET *\" service: \"web\" }\n"
    "routes { match: \"*\" service: \"fn\" }\n"
    "calls { from: \"web\" to: \"app\" }\n"
    "calls { from: \"app\" to: \"db\" probability: 0.5 work { constant { ns: 2000000 } } }\n"
    "changes { at { offset_ns: 300000000000 } field: \"services.web.ec2.desired_capacity\"\n"
    "          value { yaml: \"5\" } }\n";

const std::string kYaml =
    "version: 1\nname: shop\nstart: cold\ndrain: 1m\n"
    "services:\n"
    "  web: {ec2: {min_size: 2, max_size: 8, instance_type: m7i.large,\n"
    "              availability_zones: [us-east-1a, us-east-1b]}}\n"
    "  app: {ecs: {task_definition: {cpu: 1024, memory: 2048,\n"
    "                                runtime_platform: {cpu_architecture: ARM64}},\n"
    "              assumed: {image_size: 100MB, pull_rate: 50MB/s}}}\n"
    "  fn: {lambda: {memory_size: 512, architectures: [arm64],\n"
    "                assumed: {init_duration: {percentiles: {0: 1ms, 100: 5ms}}}}}\n"
    "  db: {external: {latency: {uniform: [1ms, 2ms]}}}\n"
    "routes: [{match: \"GET *\", service: web}, {match: \"*\", service: fn}]\n"
    "calls: [{from: web, to: app}, {from: app, to: db, probability: 0.5, work: 2ms}]\n"
    "changes: [{at: +5m, field: services.web.ec2.desired_capacity, value: 5}]\n";

}  // namespace

TEST_CASE("text format, YAML and JSON of one scenario have one digest") {
  const std::string digest = Scenario::parse(kYaml, "shop.yaml").digest();
  CHECK(Scenario::parse(kProto, "shop.textproto").digest() == digest);
  CHECK(Scenario::parse(kProto, "shop.textproto").changes().size() == 1);
  const std::string json =
      "{\"version\": 1, \"name\": \"shop\", \"services\": {\"web\": {\"ec2\": {\"min_size\": 2,"
      "\"max_size\": 8, \"instance_type\": \"m7i.large\", \"availability_zones\": "
      "[\"us-east-1a\"]}}},"
      "\"changes\": [{\"at\": \"+5m\", \"field\": \"services.web.ec2.max_size\", \"value\": 9}]}";
  const std::string same =
      "version: 1\nname: shop\nservices:\n  web:\n    ec2:\n      min_size: 2\n      max_size: 8\n"
      "      instance_type: m7i.large\n      availability_zones: [us-east-1a]\n"
      "changes:\n  - at: +5m\n    field: services.web.ec2.max_size\n    value: 9\n";
  CHECK(Scenario::parse(json, "a.json").digest() == Scenario::parse(same, "a.yaml").digest());
}

TEST_CASE("settings are applied to text format as they are to YAML") {
  CHECK(Scenario::parse(kProto, "shop.textproto", {"drain=2m", "calls[0].count=3"}).digest() ==
        Scenario::parse(kYaml, "shop.yaml", {"drain=2m", "calls[0].count=3"}).digest());
}

TEST_CASE("text format is known by its extension or by a field that opens a brace") {
  CHECK(is_textproto("", ".textproto"));
  CHECK(is_textproto("", ".txtpb"));
  CHECK(is_textproto(kProto, ".scenario"));
  CHECK_FALSE(is_textproto(kYaml, ".yaml"));
  CHECK_FALSE(is_textproto("{\"version\": 1}", ".json"));
  CHECK_FALSE(is_textproto("a: {b: 1}\n", ""));
}

TEST_CASE("what is wrong in the form of text format is refused with line and column") {
  CHECK(refusal("version: 1\nsed: 3\n") ==
        "shop.textproto:2:4: unknown field 'sed', did you mean 'seed'?");
  CHECK(refusal("version: 1\nservices {\n  key: \"a\"\n") ==
        "shop.textproto:4:1: not valid text format: Expected identifier, got: ");
  CHECK(refusal("version: 1\nversion: 1\n") ==
        "shop.textproto:2:8: not valid text format: Non-repeated field \"version\" is specified "
        "multiple times.");
  CHECK(refusal("drain: 90\n") ==
        "shop.textproto:1:8: not valid text format: Expected \"{\", found \"90\".");
  CHECK(refusal("services { key: \"a\" value { ec2 { warm_pool { x: 1 } } } }\n") ==
        "shop.textproto:1:48: stands in a field that is not built yet");
  CHECK(refusal("version: 1\n\x01\n") ==
        "shop.textproto:2:1: control character 0x01: a scenario is plain text");
}

TEST_CASE("what is wrong in the values of text format is refused as in YAML, all at once") {
  CHECK(refusal("version: 1\n"
                "start: START_UNSPECIFIED\n"
                "drain { ns: -5 }\n"
                "services { key: \"fn\" value { lambda { timeout: 0 } } }\n"
                "services { key: \"fn\" value { lambda {} } }\n"
                "workload { work_share: inf }\n"
                "services { key: \"gn\" value { ec2 { min_size: 1 max_size: 1 instance_type: "
                "\"t3.small\" warm_pool {} } } }\n"
                "changes { at { instant_ns: -1 } field: \"services.fn.lambda.timeout\"\n"
                "          value { yaml: \"[\" } }\n") ==
        "shop.textproto:1:1: routes: is missing: with several services, rules must say which "
        "answers what\n"
        "shop.textproto:2:1: start: must be one of warm, cold; not 'START_UNSPECIFIED'\n"
        "shop.textproto:3:1: drain: must be a duration such as 250ms, 25s or 1h30m, not '-5ns'\n"
        "shop.textproto:4:39: services.fn.lambda.timeout: must be between 1 and 900 s, not '0'\n"
        "shop.textproto:5:1: duplicate key 'fn', first on line 4\n"
        "shop.textproto:6:12: workload.work_share: must be a number, not 'inf'\n"
        "shop.textproto:7:86: services.gn.ec2.warm_pool: warm pools are not built yet\n"
        "shop.textproto:8:11: changes[0].at: must be a time such as 2026-01-05T12:00:00Z, or +10m "
        "from the trace's start; not '-1'\n"
        "shop.textproto:9:11: '[' is not YAML");
}
