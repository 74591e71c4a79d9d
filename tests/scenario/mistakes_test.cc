#include <doctest/doctest.h>

#include "scenario/support.h"

using skyreplay::testing::kSmall;
using skyreplay::testing::mistakes_of;
using skyreplay::testing::with_lambda;

TEST_CASE("the smallest scenario has no mistakes") { CHECK(mistakes_of(kSmall) == ""); }

TEST_CASE("a misspelt field is named with its position and the nearest spelling") {
  CHECK(mistakes_of("version: 1\nservices:\n  fn:\n    lambda:\n      memory_szie: 128\n") ==
        "shop.yaml:5:7: unknown field 'memory_szie', did you mean 'memory_size'?");
  CHECK(mistakes_of(kSmall + "zzzzzz: 1\n") == "shop.yaml:3:1: unknown field 'zzzzzz'");
}

TEST_CASE("what a platform cannot do without is named where it is missing") {
  CHECK(mistakes_of("version: 1\nservices:\n  web:\n    ec2: {min_size: 4}\n") ==
        "shop.yaml:4:10: services.web.ec2.max_size: is missing\n"
        "shop.yaml:4:10: services.web.ec2.instance_type: is missing");
  CHECK(mistakes_of("version: 1\nservices:\n  web:\n    ecs: {}\n") ==
        "shop.yaml:4:10: services.web.ecs.task_definition: is missing");
  CHECK(mistakes_of("version: 1\nservices:\n  db:\n    external: {}\n") ==
        "shop.yaml:4:15: services.db.external.latency: is missing");
}

TEST_CASE("a list that is not built is refused by name only if it is not empty") {
  CHECK(mistakes_of(kSmall + "changes: []\ncalls: []\nexpectations: []\n") == "");
  const std::string group =
      "version: 1\nservices: {a: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large, ";
  CHECK(mistakes_of(group + "vpc_zone_identifier: []}}}\n") == "");
  CHECK(mistakes_of(group + "vpc_zone_identifier: [{}]}}}\n") ==
        "shop.yaml:2:74: services.a.ec2.vpc_zone_identifier: subnets are not modeled: name "
        "availability_zones");
}

TEST_CASE("kinds and features that are not built are refused by name") {
  CHECK(mistakes_of("version: 1\nservices: {a: {ec2: {min_size: 1, max_size: 1, instance_type: "
                    "m7i.large, warm_pool: {min_size: 1}}}}\n") ==
        "shop.yaml:2:74: services.a.ec2.warm_pool: warm pools are not built yet");
  CHECK(
      mistakes_of(with_lambda("{event_invoke_config: {destination_config: {on_success: {}}}}"))
          .ends_with("destination_config.on_success: destinations of what succeeded are not built "
                     "yet"));
  CHECK(mistakes_of(with_lambda("{event_invoke_config: {destination_config: {on_failure: "
                                "{destination: sns}}}}"))
            .find("destinations other than SQS are not built yet") != std::string::npos);
}

TEST_CASE("a duration without a unit is refused with a message that says so") {
  CHECK(mistakes_of(kSmall + "drain: 15\n") ==
        "shop.yaml:3:8: drain: a duration needs a unit: 15s or 15ms, not '15'");
  CHECK(mistakes_of(kSmall + "drain: soon\n") ==
        "shop.yaml:3:8: drain: must be a duration such as 250ms, 25s or 1h30m, not 'soon'");
  CHECK(mistakes_of(kSmall + "drain: [15m]\n") ==
        "shop.yaml:3:8: drain: must be a duration such as 25s, not a list");
}

TEST_CASE("a whole number is refused as text, as a fraction, with a sign or with a unit") {
  CHECK(mistakes_of(kSmall + "seed: \"5\"\n") ==
        "shop.yaml:3:7: seed: must be a whole number, not the text '5'");
  CHECK(mistakes_of(kSmall + "seed: 1.5\n") ==
        "shop.yaml:3:7: seed: must be a whole number, not '1.5'");
  CHECK(mistakes_of(kSmall + "seed: -1\n") ==
        "shop.yaml:3:7: seed: must be a whole number of at least 0, not '-1'");
  CHECK(mistakes_of(kSmall + "seed: 0x10\n") ==
        "shop.yaml:3:7: seed: must be a whole number, not '0x10'");
  CHECK(mistakes_of(with_lambda("{timeout: 30s}")) ==
        "shop.yaml:2:35: services.fn.lambda.timeout: must be a whole number of s, not '30s'");
  CHECK(mistakes_of(kSmall + "seed: 18446744073709551615\n") == "");
  CHECK(mistakes_of(kSmall + "seed: 18446744073709551616\n") ==
        "shop.yaml:3:7: seed: must be a whole number, not '18446744073709551616'");
}

TEST_CASE("a value outside its range is refused with the range and its unit") {
  CHECK(mistakes_of(kSmall + "workload: {work_share: 1.5}\n") ==
        "shop.yaml:3:24: workload.work_share: must be between 0 and 1, not '1.5'");
  CHECK(mistakes_of(with_lambda("{timeout: 901}")) ==
        "shop.yaml:2:35: services.fn.lambda.timeout: must be between 1 and 900 s, not '901'");
  CHECK(mistakes_of(with_lambda("{memory_size: 64}")) ==
        "shop.yaml:2:39: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not "
        "'64'");
  CHECK(mistakes_of(kSmall + "recorder: {window: 500ms}\n") ==
        "shop.yaml:3:20: recorder.window: must be between 1s and 7d, not '500ms'");
  CHECK(mistakes_of("version: 2\nservices: {fn: {lambda: {}}}\n") ==
        "shop.yaml:1:10: version: must be 1, not '2'");
  CHECK(mistakes_of(with_lambda("{reserved_concurrent_executions: 99999999999}")) ==
        "shop.yaml:2:58: services.fn.lambda.reserved_concurrent_executions: must be between 0 and "
        "10000000, not '99999999999'");
}

TEST_CASE("a memory size is a whole number or from_trace") {
  CHECK(mistakes_of(with_lambda("{memory_size: 512MB}")) ==
        "shop.yaml:2:39: services.fn.lambda.memory_size: must be a whole number of MB or "
        "from_trace, not '512MB'");
  CHECK(mistakes_of(with_lambda("{memory_size: from_trace}")) == "");
}

TEST_CASE("a word that is none of an enumeration's is refused with all of them and the nearest") {
  CHECK(mistakes_of(kSmall + "start: wrm\n") ==
        "shop.yaml:3:8: start: must be one of warm, cold; not 'wrm', did you mean 'warm'?");
  CHECK(mistakes_of(with_lambda("{architectures: [riscv]}")) ==
        "shop.yaml:2:42: services.fn.lambda.architectures: must be one of x86_64, arm64; not "
        "'riscv'");
  CHECK(mistakes_of(with_lambda("{architectures: [x86_64, arm64]}")) ==
        "shop.yaml:2:41: services.fn.lambda.architectures: must be one of x86_64, arm64; not a "
        "list");
}

TEST_CASE("true and false are the only truth values") {
  CHECK(mistakes_of("version: 1\nservices: {fn: {for_each_route: yes, lambda: {}}}\n") ==
        "shop.yaml:2:33: services.fn.for_each_route: must be true or false, not 'yes'");
}

TEST_CASE("a value of the wrong shape is refused with what was expected and found") {
  CHECK(mistakes_of(kSmall + "recorder: 60s\n") ==
        "shop.yaml:3:11: recorder: must be a map of fields, not '60s'");
  CHECK(mistakes_of(kSmall + "routes: {match: a}\n") ==
        "shop.yaml:3:9: routes: must be a list, not a map");
  CHECK(mistakes_of(kSmall + "name: {a: b}\n") == "shop.yaml:3:7: name: must be a text, not a map");
  CHECK(mistakes_of("[1, 2]\n") == "shop.yaml:1:1: must be a map of fields, not a list");
}

TEST_CASE("a field with nothing after it is refused, and null leaves it unset") {
  CHECK(mistakes_of("version: 1\nservices:\n  fn:\n    lambda:\n") ==
        "shop.yaml:4:5: services.fn.lambda: has no value; write {} for all defaults, or leave the "
        "field out");
  CHECK(mistakes_of(kSmall + "seed:\nname: x\n") ==
        "shop.yaml:3:1: seed: has no value; leave the field out for its default");
  CHECK(mistakes_of(kSmall + "seed: null\nname: ~\n") == "");
}

TEST_CASE("a required field that is missing is named where it belongs") {
  CHECK(mistakes_of("services: {fn: {lambda: {}}}\n") == "shop.yaml:1:1: version: is missing");
  CHECK(mistakes_of("version: 1\nname: x\n") == "shop.yaml:1:1: services: is missing");
  CHECK(mistakes_of(kSmall + "routes:\n  - {service: fn}\n") ==
        "shop.yaml:4:5: routes[0].match: is missing");
}

TEST_CASE("a service without a platform is refused") {
  CHECK(mistakes_of("version: 1\nservices: {fn: {for_each_route: true}}\n") ==
        "shop.yaml:2:16: services.fn: has no platform: give it one of lambda, ec2, ecs, ecs_task, "
        "external");
}

TEST_CASE("two fields that exclude each other are refused at the second") {
  CHECK(mistakes_of(kSmall + "workload: {recorded_on: {speed: 2, lambda_memory: 512}}\n") ==
        "shop.yaml:3:36: workload.recorded_on.lambda_memory: excludes 'speed', which is given too");
  CHECK(mistakes_of(with_lambda("{assumed: {keep_alive: {profile: lambda-2021, fixed: 5m}}}")) ==
        "shop.yaml:2:71: services.fn.lambda.assumed.keep_alive.fixed: excludes 'profile', which "
        "is given too");
  CHECK(mistakes_of(with_lambda("{assumed: {keep_alive: {fixed: 5m, function_idle: 6m}}}")) ==
        "shop.yaml:2:75: services.fn.lambda.assumed.keep_alive.function_idle: excludes 'fixed', "
        "which is given too");
}

TEST_CASE("a rule that sends to a service that is not there names the nearest one") {
  CHECK(mistakes_of(kSmall + "routes: [{match: \"*\", service: fnn}]\n") ==
        "shop.yaml:3:32: routes[0].service: there is no service 'fnn', did you mean 'fn'?");
}

TEST_CASE("several services without rules are refused") {
  CHECK(mistakes_of("version: 1\nservices: {a: {lambda: {}}, b: {lambda: {}}}\n") ==
        "shop.yaml:1:1: routes: is missing: with several services, rules must say which answers "
        "what");
}

TEST_CASE("a service's name must not hold a slash, a star or nothing") {
  const std::string text = "a service's name must not be empty and must hold no '/' and no '*'";
  CHECK(mistakes_of("version: 1\nservices: {a/b: {lambda: {}}}\n") ==
        "shop.yaml:2:17: services.a/b: " + text);
  CHECK(mistakes_of("version: 1\nservices: {\"\": {lambda: {}}}\n") ==
        "shop.yaml:2:16: services[\"\"]: " + text);
}

TEST_CASE("reserved concurrency that leaves too little unreserved is refused (L41)") {
  CHECK(mistakes_of(with_lambda("{reserved_concurrent_executions: 900}")) == "");
  CHECK(
      mistakes_of(with_lambda("{reserved_concurrent_executions: 901}")) ==
      "shop.yaml:2:58: services.fn.lambda.reserved_concurrent_executions: reserved and provisioned "
      "concurrency adds up to 901, and 100 of the account's 1,000 concurrent executions must stay "
      "unreserved (L35, L41)");
}

TEST_CASE("a backoff that starts above its cap is refused") {
  CHECK(mistakes_of(kSmall + "workload: {client: {backoff: {base: 30s}}}\n") ==
        "shop.yaml:3:37: workload.client.backoff.base: must not be above cap, 20s");
}

TEST_CASE("a law with impossible, missing or surplus parameters is refused") {
  const auto law = [](const std::string& text) {
    return mistakes_of(
        "version: 1\nservices:\n  fn:\n    lambda:\n      assumed:\n"
        "        init_duration: " +
        text + "\n");
  };
  const std::string path = "services.fn.lambda.assumed.init_duration";
  CHECK(law("25s") == "");
  CHECK(law("{uniform: [1s, 2s]}") == "");
  CHECK(law("{exponential: {mean: 1s}}") == "");
  CHECK(law("{weibull: {mean: 1s, cv: 0.5}}") == "");
  CHECK(law("{gamma: {mean: 1s, cv: 2}}") == "");
  CHECK(law("{percentiles: {100: 3s, 0: 1s, 50: 2s}}") == "");
  CHECK(law("25") ==
        "shop.yaml:6:24: " + path + ": a duration needs a unit: 25s or 25ms, not '25'");
  CHECK(law("{lognormal: {p50: 3s, p99: 2s}}") ==
        "shop.yaml:6:24: " + path + ": lognormal: p99 must not be below p50");
  CHECK(law("{lognormal: {p50: 3s}}") == "shop.yaml:6:36: " + path + ".lognormal.p99: is missing");
  CHECK(law("{uniform: [1s]}") ==
        "shop.yaml:6:34: " + path + ".uniform: must be two durations [low, high], not 1");
  CHECK(law("{uniform: [1s, 2]}") ==
        "shop.yaml:6:39: " + path + ".uniform[1]: a duration needs a unit: 2s or 2ms, not '2'");
  CHECK(law("{normal: {mean: 1s}}") == "shop.yaml:6:25: unknown field 'normal'");
  CHECK(law("{constant: 1s}") == "shop.yaml:6:25: unknown field 'constant'");
  CHECK(law("{gamma: {mean: 1s, cv: 2}, exponential: {mean: 1s}}") ==
        "shop.yaml:6:51: " + path + ".exponential: excludes 'gamma', which is given too");
  CHECK(law("{percentiles: {0: 1s, x: 2s, 100: 3s}}") ==
        "shop.yaml:6:46: " + path +
            ".percentiles: a percent must be a number between 0 and 100, not 'x'");
  CHECK(law("{percentiles: {0: 1s, 50: 2s}}") ==
        "shop.yaml:6:24: " + path + ": percentiles: the last knot must be 100");
}

TEST_CASE("all mistakes of a file are reported at once, in the order of their positions") {
  CHECK(mistakes_of("version: 1\n"
                    "sed: 3\n"
                    "services:\n"
                    "  web: {ec2: {min_size: 1}}\n"
                    "  fn:\n"
                    "    lambda: {memory_size: 1, timeout: 0}\n"
                    "drain: 5\n"
                    "drain: 6m\n"
                    "routes: [{match: \"*\", service: fm}]\n") ==
        "shop.yaml:2:1: unknown field 'sed', did you mean 'seed'?\n"
        "shop.yaml:4:14: services.web.ec2.max_size: is missing\n"
        "shop.yaml:4:14: services.web.ec2.instance_type: is missing\n"
        "shop.yaml:6:27: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not "
        "'1'\n"
        "shop.yaml:6:39: services.fn.lambda.timeout: must be between 1 and 900 s, not '0'\n"
        "shop.yaml:7:8: drain: a duration needs a unit: 5s or 5ms, not '5'\n"
        "shop.yaml:8:1: duplicate key 'drain', first on line 7\n"
        "shop.yaml:9:32: routes[0].service: there is no service 'fm', did you mean 'fn'?");
}

TEST_CASE("a file of nothing but mistakes says how many it left out") {
  std::string text = kSmall;
  for (int i = 0; i < 150; ++i) text += "x" + std::to_string(i) + ": 1\n";
  const std::string said = mistakes_of(text);
  CHECK(said.ends_with("shop.yaml:102:1: unknown field 'x99'\nshop.yaml: and 50 more mistakes"));
}
