// What a synthesis spec may say, and the message of every mistake in one.
#include "trace/synth_spec.h"

#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "support/temp_folder.h"

using namespace std::chrono_literals;

namespace skyreplay::trace {
namespace {

/// What is wrong with a text; "" if nothing is.
std::string wrong(const std::string& text) {
  try {
    parse_synth_spec(text, "s.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const std::string kTop = "version: 1\nduration: 1h\nrate: 5\n";
const std::string kClasses = "classes:\n";
const std::string kClass = "  - {name: a, routes: 2, share: 1, duration: 5ms}\n";

/// A spec of one class: whatever is given beside name and routes, from line 5 on.
std::string wrong_class(const std::string& fields) {
  return wrong(kTop + "classes:\n  - name: a\n    routes: 2\n" + fields);
}

/// The same with share and duration in place: `field` stands on line 9.
std::string wrong_field(const std::string& field) {
  return wrong_class("    share: 1\n    duration: 5ms\n    " + field + "\n");
}

/// A class whose `duration` is given, on line 8.
std::string wrong_duration(const std::string& duration) {
  return wrong_class("    share: 1\n    duration: " + duration + "\n");
}

TEST_CASE("a whole spec is read as it is written") {
  const SynthSpec spec = parse_synth_spec(R"(
version: 1
name: shop
seed: 9
start: 2026-02-01T06:00:00Z
duration: 8h
rate: 12.5
shape: {by_hour: {6: 1, 12: 3}}
classes:
  - name: web
    routes: [GET /, "POST /cart"]
    share: 0.75
    kind: {sync: 3, queue: 1}
    popularity: {zipf: 1.1}
    shape: {sine: {amplitude: 0.5, peak: 13h}}
    bursts: {of: route, multiplier: 4, every: 10m, length: 30s}
    duration: {p50: {lognormal: {p50: 20ms, p99: 1s}}, p99_over_p50: {p50: 3, p99: 30}, max: 300s}
    memory: {p50_mib: {p50: 80, p99: 300}, max_over_p50: 1.5}
    bytes_in: 100
    bytes_out: {p50: 2000, p99: 50000}
  - name: job
    routes: 2
    share: 0.25
    duration: {percentiles: {0: 1ms, 100: 3ms}}
  - name: tick
    routes: 3
    kind: schedule
    every: {1m: 2, 1h: 1}
    phase: aligned
    calls: {p50: 20, p99: 60}
    within: 45s
    duration: {p50: 4ms, relative: {0: 0.5, 50: 1, 100: 9}}
)",
                                          "s.yaml");
  CHECK(spec.name == "shop");
  CHECK(spec.seed == 9);
  CHECK(to_rfc3339(spec.start) == "2026-02-01T06:00:00Z");
  CHECK(spec.duration == 8h);
  CHECK(spec.rate == 12.5);
  REQUIRE(spec.classes.size() == 3);
  const SynthClass& web = spec.classes[0];
  CHECK(web.routes == std::vector<std::string>{"GET /", "POST /cart"});
  CHECK(web.share == 0.75);
  CHECK(web.kinds == std::vector<std::pair<InvocationKind, double>>{{InvocationKind::kSync, 3},
                                                                    {InvocationKind::kQueue, 1}});
  CHECK(web.popularity.parameter == 1.1);
  CHECK(web.shape->amplitude == 0.5);
  CHECK(web.bursts->per_route);
  CHECK(web.bursts->every == 10min);
  CHECK(to_string(*web.durations.p50) == "{lognormal: {p50: 20ms, p99: 1s}}");
  CHECK(web.durations.p99_over_p50->p99 == 30);
  CHECK(web.durations.max == 300s);
  CHECK(web.memory->p50.p99 == 300);
  CHECK(web.memory->max_over_p50.p50 == 1.5);
  CHECK(web.bytes_in->p50 == 100);
  CHECK(web.bytes_out->p99 == 50000);
  CHECK(spec.classes[1].routes == std::vector<std::string>{"job-1", "job-2"});
  CHECK(to_string(*spec.classes[1].durations.law) == "{percentiles: {0: 1ms, 100: 3ms}}");
  const SynthClass& tick = spec.classes[2];
  CHECK(tick.periods == std::vector<std::pair<Duration, double>>{{1min, 2}, {1h, 1}});
  CHECK(tick.aligned);
  CHECK(tick.calls.p99 == 60);
  CHECK(tick.within == 45s);
  CHECK(tick.durations.relative.size() == 3);
  // 12.5 a second, two routes a minute and one an hour; the calls of a ring have the lognormal's
  // mean, 20 exp(sigma² / 2) with sigma = ln 3 / 2.32635: 22.3595.
  CHECK(spec.mean_rate() == doctest::Approx(12.5 + 22.3595 * (2.0 / 60 + 1.0 / 3600)));
}

TEST_CASE("what is left out has the documented default") {
  const SynthSpec spec = parse_synth_spec(kTop + kClasses + kClass, "s.yaml");
  CHECK(spec.seed == 1);
  CHECK(spec.start == kDefaultOrigin);
  CHECK(spec.shape.at(kDefaultOrigin + 5h) == 1);
  CHECK(spec.classes[0].kinds.front().first == InvocationKind::kSync);
  CHECK(spec.classes[0].popularity.parameter == 0);
  CHECK_FALSE(spec.classes[0].memory);
}

TEST_CASE("a text that is no YAML document is refused where it ceases to be one") {
  CHECK(wrong("") == "s.yaml:1:1: the file is empty");
  CHECK(wrong("# nothing\n") == "s.yaml:1:1: the file is empty");
  CHECK(wrong("version: 1\nclasses: [a, b\n") ==
        "s.yaml:3:1: not YAML: end of sequence flow not found");
  CHECK(wrong("version: 1\n---\nversion: 1\n") == "s.yaml:2:1: a second document begins here");
  // yaml-cpp takes what is behind the word for empty documents without end.
  CHECK(wrong("!a:b, 1s]") == "s.yaml:1:5: a second document begins here");
  CHECK(wrong(std::string("version: 1\nna\0me: x\n", 20)) == "s.yaml:2:3: a NUL byte is no YAML");
  CHECK(wrong("- 1\n") == "s.yaml:1:1: expected a map of keys and values");
}

TEST_CASE("a misspelt field is refused with its place and the nearest spelling") {
  CHECK(wrong("version: 1\nduraton: 1h\n") ==
        "s.yaml:2:1: unknown field 'duraton', did you mean 'duration'?");
  CHECK(wrong("version: 1\ncolor: red\n") ==
        "s.yaml:2:1: unknown field 'color' (there are version, name, seed, start, duration, rate, "
        "shape, classes)");
  CHECK(wrong_field("memroy: {p50_mib: 5}") ==
        "s.yaml:9:5: classes[0]: unknown field 'memroy', did you mean 'memory'?");
  CHECK(wrong_field("memory: {p50_mb: 5}") ==
        "s.yaml:9:14: classes[0].memory: unknown field 'p50_mb', did you mean 'p50_mib'?");
  CHECK(wrong_field("popularity: {zip: 1}") ==
        "s.yaml:9:18: classes[0].popularity: unknown field 'zip', did you mean 'zipf'?");
  CHECK(wrong_field("bursts: {lenght: 1s}") ==
        "s.yaml:9:14: classes[0].bursts: unknown field 'lenght', did you mean 'length'?");
  CHECK(wrong_duration("{percentile: {0: 1ms}}") ==
        "s.yaml:8:16: classes[0].duration: unknown field 'percentile', did you mean "
        "'percentiles'?");
  CHECK(wrong_duration("{lognormal: {p50: 1ms, p98: 2ms}}") ==
        "s.yaml:8:38: classes[0].duration.lognormal: unknown field 'p98', did you mean 'p99'?");
  CHECK(wrong_field("kind: shedule") ==
        "s.yaml:9:11: classes[0].kind: unknown kind 'shedule', did you mean 'schedule'? (there are "
        "sync, async, queue, stream, schedule, job)");
  CHECK(wrong_field("kind: {sync: 1, quue: 2}") ==
        "s.yaml:9:27: classes[0].kind.quue: unknown kind 'quue', did you mean 'queue'? (there are "
        "sync, async, queue, stream, schedule, job)");
}

TEST_CASE("a field twice and a field that is missing") {
  CHECK(wrong("version: 1\nduration: 1h\nduration: 2h\n") ==
        "s.yaml:3:1: the key 'duration' stands here a second time");
  CHECK(wrong("duration: 1h\n") == "s.yaml:1:1: 'version' is missing");
  CHECK(wrong("version: 1\n") == "s.yaml:1:1: 'duration' is missing");
  CHECK(wrong(kTop) == "s.yaml:1:1: 'classes' is missing");
  CHECK(wrong(kTop + "classes: []\n") == "s.yaml:4:10: classes: expected at least one class");
  CHECK(wrong_class("    duration: 5ms\n") == "s.yaml:5:5: classes[0]: 'share' is missing");
  CHECK(wrong_class("    share: 1\n") == "s.yaml:5:5: classes[0]: 'duration' is missing");
  CHECK(wrong_field("memory: {max_over_p50: 2}") ==
        "s.yaml:9:13: classes[0].memory: 'p50_mib' is missing");
}

TEST_CASE("impossible values at the top") {
  CHECK(wrong("version: 2\n") == "s.yaml:1:10: version: 2 lies outside 1 to 1");
  CHECK(wrong("version: 1\nseed: -1\n") == "s.yaml:2:7: seed: '-1' is not a whole number");
  CHECK(wrong("version: 1\nstart: yesterday\n") ==
        "s.yaml:2:8: start: 'yesterday' is not a time from 1970 on, such as 2026-01-05T00:00:00Z");
  CHECK(wrong("version: 1\nstart: 2261-01-01\n") ==
        "s.yaml:2:8: start: must lie before the year 2232");
  CHECK(wrong("version: 1\nduration: 8\n") ==
        "s.yaml:2:11: duration: '8' is not a duration; write a number with a unit, such as 250ms "
        "or 8h");
  CHECK(wrong("version: 1\nduration: 0s\n") == "s.yaml:2:11: duration: must be above 0s");
  CHECK(wrong("version: 1\nduration: 4000d\n") ==
        "s.yaml:2:11: duration: must not exceed ten years");
  CHECK(wrong("version: 1\nduration: 1h\nrate: fast\n") ==
        "s.yaml:3:7: rate: 'fast' is not a number");
  CHECK(wrong("version: 1\nduration: 1h\nrate: -1\n") ==
        "s.yaml:3:7: rate: -1 lies outside 0 to 1000000000");
  CHECK(wrong("version: 1\nduration: 1h\nrate: nan\n") ==
        "s.yaml:3:7: rate: 'nan' is not a number");
  CHECK(wrong("version: 1\nduration: 1h\nrate: [1]\n") ==
        "s.yaml:3:7: rate: expected a word or a number");
  CHECK(wrong(kTop + "classes: 5\n") == "s.yaml:4:10: classes: expected a list");
}

TEST_CASE("impossible shapes") {
  const auto shape = [](const std::string& text) {
    return wrong("version: 1\nduration: 1h\nrate: 5\nshape: " + text + "\n" + kClasses + kClass);
  };
  CHECK(shape("{by_hour: {0: 1, 24: 2}}") ==
        "s.yaml:4:29: shape.by_hour.24: '24' is no hour of the day, 0 to 23.99");
  CHECK(shape("{by_hour: {noon: 2}}") ==
        "s.yaml:4:25: shape.by_hour.noon: 'noon' is no hour of the day, 0 to 23.99");
  CHECK(shape("{by_hour: {0x1: 2}}") ==
        "s.yaml:4:24: shape.by_hour.0x1: '0x1' is no hour of the day, 0 to 23.99");
  CHECK(shape("{by_hour: {9: -1}}") ==
        "s.yaml:4:22: shape.by_hour.9: -1 lies outside 0 to 1000000");
  CHECK(shape("{by_hour: {9: 1, 9.0: 2}}") ==
        "s.yaml:4:18: shape.by_hour: the hour 9 stands here twice");
  CHECK(shape("{by_hour: {}}") ==
        "s.yaml:4:18: shape.by_hour: expected hours and multipliers, such as {9: 1.2}");
  CHECK(shape("{by_hour: {0: 1}, sine: {amplitude: 0.1, peak: 1h}}") ==
        "s.yaml:4:8: shape: expected either by_hour or sine");
  CHECK(shape("{sine: {amplitude: 1.5, peak: 1h}}") ==
        "s.yaml:4:27: shape.sine.amplitude: 1.5 lies outside 0 to 1");
  CHECK(shape("{sine: {amplitude: 0.5, peak: 25h}}") ==
        "s.yaml:4:15: shape.sine: peak is a time of day, below 24h");
  CHECK(shape("{by_hour: {0: 0, 2: 0, 12: 5, 22: 0}}") ==
        "s.yaml:4:8: shape: is 0 throughout the spec's span");
  CHECK(shape("{by_hour: {0: 0.000001, 2: 0, 12: 1000000, 22: 0}}") ==
        "s.yaml:4:8: shape: the busiest hour has more than 1,000,000,000 requests a second");
}

TEST_CASE("impossible classes") {
  CHECK(wrong_class("    share: 1.5\n    duration: 5ms\n") ==
        "s.yaml:7:12: classes[0].share: 1.5 lies outside 0 to 1");
  CHECK(wrong_class("    share: 0.4\n    duration: 5ms\n") ==
        "s.yaml:5:3: classes: the classes' shares add up to 0.4000 instead of 1");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: 0, share: 1, duration: 5ms}\n") ==
        "s.yaml:5:23: classes[0].routes: 0 lies outside 1 to 1000000");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: [], share: 1, duration: 5ms}\n") ==
        "s.yaml:5:23: classes[0].routes: expected at least one route");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: [''], share: 1, duration: 5ms}\n") ==
        "s.yaml:5:24: classes[0].routes[0]: a route's name must have 1 to 4,096 bytes");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: [x, x], share: 1, duration: 5ms}\n") ==
        "s.yaml:5:3: classes: two routes are named 'x'");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: 600000, share: 1, duration: 5ms}\n" +
              "  - {name: b, routes: 600000, share: 0, duration: 5ms}\n") ==
        "s.yaml:6:23: classes[1].routes: all classes together have more than 1,000,000 routes");
  CHECK(wrong_field("kind: {sync: 0}") ==
        "s.yaml:9:11: classes[0].kind: the shares must not all be 0");
  CHECK(wrong_field("popularity: {zipf: 1, lognormal: 1}") ==
        "s.yaml:9:17: classes[0].popularity: expected either zipf or lognormal");
  CHECK(wrong_field("popularity: {zipf: 11}") ==
        "s.yaml:9:24: classes[0].popularity.zipf: 11 lies outside 0 to 10");
  CHECK(wrong_field("bursts: {of: all, multiplier: 2, every: 1m, length: 1s}") ==
        "s.yaml:9:18: classes[0].bursts.of: expected 'class' or 'route'");
  CHECK(wrong_field("bursts: {multiplier: -1, every: 1m, length: 1s}") ==
        "s.yaml:9:26: classes[0].bursts.multiplier: -1 lies outside 0 to 10000");
  CHECK(wrong_field("bursts: {multiplier: 2, every: 0s, length: 1s}") ==
        "s.yaml:9:36: classes[0].bursts.every: must be above 0s");
  CHECK(wrong_field("memory: {p50_mib: {p50: 100, p99: 50}}") ==
        "s.yaml:9:23: classes[0].memory.p50_mib: p99 must not be below p50");
  CHECK(wrong_field("memory: {p50_mib: 5, max_over_p50: 0.9}") ==
        "s.yaml:9:40: classes[0].memory.max_over_p50: 0.9 lies outside 1 to 1000000");
  CHECK(wrong_field("bytes_in: {p50: 0, p99: 5}") ==
        "s.yaml:9:15: classes[0].bytes_in: p50 must be above 0");
}

TEST_CASE("impossible periods, and what a periodic class has not") {
  const auto timer = [](const std::string& fields) {
    return wrong_class("    duration: 5ms\n    " + fields + "\n");
  };
  CHECK(timer("every: 5") ==
        "s.yaml:8:12: classes[0].every: '5' is not a duration; write a number with a unit, such as "
        "250ms or 8h");
  CHECK(timer("every: 1us") ==
        "s.yaml:8:12: classes[0].every: a period must lie between 1ms and ten years");
  CHECK(timer("every: {5m: 1, x: 2}") ==
        "s.yaml:8:23: classes[0].every.x: 'x' is not a period such as 5m");
  CHECK(timer("every: {5000d: 1}") ==
        "s.yaml:8:20: classes[0].every.5000d: a period must lie between 1ms and ten years");
  CHECK(timer("every: {5m: 0}") == "s.yaml:8:12: classes[0].every: the shares must not all be 0");
  CHECK(timer("every: 5m\n    phase: sometimes") ==
        "s.yaml:9:12: classes[0].phase: expected 'random' or 'aligned'");
  CHECK(timer("every: 5m\n    share: 0.5") ==
        "s.yaml:9:12: classes[0].share: a class with 'every' is periodic and has none of this");
  CHECK(timer("every: 5m\n    bursts: {multiplier: 2, every: 1m, length: 1s}") ==
        "s.yaml:9:13: classes[0].bursts: a class with 'every' is periodic and has none of this");
  CHECK(timer("every: 5m\n    calls: 0") ==
        "s.yaml:9:12: classes[0].calls: 0 lies outside 1 to 100000");
  CHECK(timer("every: 5m\n    calls: {p50: 9, p90: 20}") ==
        "s.yaml:9:21: classes[0].calls: unknown field 'p90', did you mean 'p50'?");
  CHECK(timer("every: 5m\n    within: 0s") == "s.yaml:9:13: classes[0].within: must be above 0s");
  CHECK(timer("every: 1s\n    calls: 1000\n    within: 3h") ==
        "s.yaml:5:5: classes[0]: has more than 10,000,000 calls under way at a time");
  CHECK(wrong_field("within: 5s") ==
        "s.yaml:9:13: classes[0].within: only a class with 'every' has one");
  CHECK(wrong_field("phase: random") ==
        "s.yaml:9:12: classes[0].phase: only a class with 'every' has one");
  CHECK(wrong(kTop + "classes:\n  - {name: a, routes: 1, every: 1m, duration: 5ms}\n") ==
        "s.yaml:5:3: classes: there is a 'rate' but no class with a share of it");
}

TEST_CASE("impossible laws of durations") {
  CHECK(wrong_duration("5") ==
        "s.yaml:8:15: classes[0].duration: '5' is not a duration; write a number with a unit, such "
        "as 250ms or 8h");
  CHECK(wrong_duration("{lognormal: {p50: 5ms, p99: 1ms}}")
            .find("s.yaml:8:15: classes[0].duration: ") == 0);
  CHECK(wrong_duration("{lognormal: {p50: 5ms}}") ==
        "s.yaml:8:27: classes[0].duration.lognormal: 'p99' is missing");
  CHECK(wrong_duration("{uniform: [1ms]}") ==
        "s.yaml:8:25: classes[0].duration.uniform: expected two durations, [low, high]");
  CHECK(wrong_duration("{p50: 5ms}") ==
        "s.yaml:8:15: classes[0].duration: expected either p99_over_p50 or relative beside p50");
  CHECK(wrong_duration("{p50: 5ms, p99_over_p50: 0.5}") ==
        "s.yaml:8:40: classes[0].duration.p99_over_p50: 0.5 lies outside 1 to 1000000");
  CHECK(wrong_duration("{p50: 5ms, relative: {0: 1, 50: 1}}") ==
        "s.yaml:8:36: classes[0].duration.relative: expected knots from 0 to 100, such as {0: 0.5, "
        "50: 1, 100: 9}");
  CHECK(wrong_duration("{p50: 5ms, relative: {0: 2, 100: 1}}") ==
        "s.yaml:8:48: classes[0].duration.relative.100: percents must ascend and their multiples "
        "must not fall");
  CHECK(wrong_duration("{p50: 5ms, p99_over_p50: 2, max: 0s}") ==
        "s.yaml:8:48: classes[0].duration.max: must be above 0s");
}

TEST_CASE("a spec that is not there and one that is no text") {
  const testing::TempFolder folder;
  CHECK_THROWS_AS(load_synth_spec(folder / "none.yaml"), MachineError);
  testing::write_file(folder / "s.yaml", "version: 3\n");
  CHECK(testing::message_of<InputError>([&] { load_synth_spec(folder / "s.yaml"); }) ==
        (folder / "s.yaml").string() + ":1:10: version: 3 lies outside 1 to 1");
}

}  // namespace
}  // namespace skyreplay::trace
