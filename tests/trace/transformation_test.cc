#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"
#include "trace/built_source.h"
#include "trace/decoded.h"
#include "trace/transform.h"

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::message_of;

/// Requests held in memory, of which only what a test is about is told.
class Rows final : public BuiltSource {
 public:
  Rows(const std::vector<std::string>& routes, std::vector<BuiltRow> rows, Duration end)
      : BuiltSource(info_of(routes, end)), rows_(std::move(rows)) {}

 private:
  static TraceInfo info_of(const std::vector<std::string>& routes, Duration end) {
    TraceInfo info;
    info.start = TimePoint{};
    info.end = TimePoint{end};
    info.durations = Durations::kWorkAndWait;
    for (const std::string& name : routes) info.routes.push_back({.name = name});
    info.has_bytes = true;
    return info;
  }
  bool make(BuiltRow& row) override {
    if (at_ == rows_.size()) return false;
    row = rows_[at_++];
    return true;
  }

  std::vector<BuiltRow> rows_;
  std::size_t at_ = 0;
};

BuiltRow row_at(int second, int work_ms, std::uint32_t route = 0) {
  return {.arrival_ns = second * 1'000'000'000LL,
          .route = route,
          .work_ns = work_ms * 1'000'000LL,
          .wait_ns = 2'000'000,
          .bytes_in = 7,
          .bytes_out = 0};
}

/// A request every second for 100 s, the n-th with n ms of work.
Opener hundred() {
  return [] {
    std::vector<BuiltRow> rows;
    for (int i = 0; i < 100; ++i) rows.push_back(row_at(i, i));
    return std::make_unique<Rows>(std::vector<std::string>{"a"}, rows, Duration{100s});
  };
}

struct Seen {
  double at_s = 0;
  int work_ms = 0;
  std::uint32_t route = 0;
  auto operator<=>(const Seen&) const = default;
};

std::vector<Seen> rows_of(const Opener& opener) {
  const std::unique_ptr<Source> source = opener();
  std::vector<Seen> rows;
  std::uint64_t number = 0;
  for (RowCursor cursor(*source); !cursor.done(); cursor.advance()) {
    CHECK(cursor.number() == number++);
    const BuiltRow row = cursor.row();
    rows.push_back({static_cast<double>(row.arrival_ns) * 1e-9,
                    static_cast<int>(row.work_ns / 1'000'000), row.route});
    CHECK(row.wait_ns == 2'000'000);
    CHECK(row.bytes_in == 7);
  }
  CHECK(std::ranges::is_sorted(rows, {}, &Seen::at_s));
  return rows;
}

std::vector<Seen> changed(Transformation::Scale what) {
  return rows_of(transformed(hundred(), Transformation{what}));
}

TEST_CASE("what a lower multiple of the traffic has, a higher one has too") {
  std::vector<Seen> former;
  for (const double by : {0.2, 0.5, 1.0, 1.3, 2.0, 3.5}) {
    const std::vector<Seen> rows = changed({.by = by});
    CHECK(static_cast<double>(rows.size()) == doctest::Approx(100 * by).epsilon(0.25));
    for (const Seen& row : former) CHECK(std::ranges::count(rows, row) >= 1);
    former = rows;
  }
  CHECK(changed({.by = 1}) == rows_of(hundred()));
  CHECK(changed({.by = 3}).size() == 300);
}

TEST_CASE("each copy has every request once, shifted cyclically within the span") {
  std::map<int, int> times;
  for (const Seen& row : changed({.by = 4})) {
    ++times[row.work_ms];
    CHECK(row.at_s >= 0);
    CHECK(row.at_s < 100);
  }
  CHECK(times.size() == 100);
  CHECK(std::ranges::all_of(times, [](const auto& time) { return time.second == 4; }));
}

TEST_CASE("thinning keeps a share, another seed another one") {
  const auto thinned = [](double keep, std::uint64_t seed) {
    return rows_of(transformed(hundred(), Transformation{Transformation::Thin{keep, seed}}));
  };
  CHECK(thinned(0.3, 1).size() > 15);
  CHECK(thinned(0.3, 1).size() < 45);
  CHECK(thinned(0.3, 1) != thinned(0.3, 2));
}

TEST_CASE("a shift moves arrivals and span") {
  const Opener later = transformed(hundred(), Transformation{Transformation::Shift{1h}});
  CHECK(later()->info().start == TimePoint{1h});
  CHECK(later()->info().end == TimePoint{1h + 100s});
  CHECK(rows_of(later)[3] == Seen{3603, 3, 0});
}

TEST_CASE("a cut keeps what arrives within it, and its span is the cut's") {
  const Opener cut = transformed(hundred(), Transformation{Transformation::Cut{10s, 20s}});
  CHECK(rows_of(cut).size() == 10);
  CHECK(rows_of(cut).front() == Seen{10, 10, 0});
  CHECK(cut()->info().start == TimePoint{10s});
  CHECK(cut()->info().end == TimePoint{20s});
}

TEST_CASE("amplifying a span leaves the rest as it is") {
  const std::vector<Seen> rows = rows_of(transformed(
      hundred(), Transformation{Transformation::Amplify{.from = 40s, .to = 60s, .by = 3}}));
  CHECK(rows.size() == 140);
  const auto within =
      std::ranges::count_if(rows, [](const Seen& row) { return row.at_s >= 40 && row.at_s < 60; });
  CHECK(within == 60);
}

TEST_CASE("a spliced trace starts where it is put, and ends with its host") {
  const Opener guest = [] {
    return std::make_unique<Rows>(
        std::vector<std::string>{"b", "a"},
        std::vector<BuiltRow>{row_at(0, 500), row_at(4, 501, 1), row_at(50, 502)}, Duration{60s});
  };
  const Opener spliced = transformed(hundred(), Transformation{Transformation::Splice{guest, 90s}});
  const std::vector<Seen> rows = rows_of(spliced);
  CHECK(rows.size() == 102);
  CHECK(std::ranges::count(rows, Seen{90, 500, 1}) == 1);  // b is new
  CHECK(std::ranges::count(rows, Seen{94, 501, 0}) == 1);  // a is the host's
  CHECK(spliced()->info().routes.size() == 2);
}

TEST_CASE("a sample has a block of each part, one after another, and is as long as they are") {
  const Opener sampled =
      transformed(hundred(), Transformation{Transformation::Sample{.share = 0.2, .blocks = 5}});
  const std::vector<Seen> rows = rows_of(sampled);
  CHECK(sampled()->info().end == TimePoint{20s});
  std::vector<int> of_part(5);
  for (const Seen& row : rows) {
    // The n-th second's request has n ms of work: it stays within its part's block of 4 s.
    const int part = row.work_ms / 20;
    ++of_part[static_cast<std::size_t>(part)];
    CHECK(row.at_s >= part * 4);
    CHECK(row.at_s < (part + 1) * 4);
  }
  CHECK(std::ranges::all_of(of_part, [](int n) { return n == 4; }));
  CHECK(
      rows_of(transformed(hundred(), Transformation{Transformation::Sample{.share = 1}})).size() >=
      99);
}

TEST_CASE("provenance and digest say what was done") {
  const Opener scaled = transformed(hundred(), Transformation{Transformation::Scale{2, 5}});
  const TraceInfo info = scaled()->info();
  REQUIRE(info.provenance.size() == 1);
  CHECK(info.provenance[0].tool == "scale");
  CHECK(info.provenance[0].arguments ==
        std::vector<std::pair<std::string, std::string>>{{"by", "2"}, {"seed", "5"}});
  CHECK(info.digest != hundred()()->info().digest);
  CHECK(info.digest !=
        transformed(hundred(), Transformation{Transformation::Scale{2, 6}})()->info().digest);
}

TEST_CASE("a transformation that makes no sense is refused") {
  const auto refused = [](const Transformation& what) {
    return message_of<InputError>([&] { transformed(hundred(), what)(); });
  };
  CHECK(refused({Transformation::Thin{1.5, 1}}) ==
        "thin keep=1.5 seed=1: must be above 0 and at most 1");
  CHECK(refused({Transformation::Scale{0, 1}}).find("above 0") != std::string::npos);
  CHECK(refused({Transformation::Cut{200s, 300s}}).find("within the trace's 1m40s") !=
        std::string::npos);
  CHECK(refused({Transformation::Shift{-1h}}).find("before 1970") != std::string::npos);
}

TEST_CASE("a trace decoded into memory is the trace, as often as it is opened") {
  const Opener memory = decoded(hundred(), 1 << 20);
  CHECK(rows_of(memory) == rows_of(hundred()));
  CHECK(rows_of(memory) == rows_of(hundred()));
  CHECK(memory()->info().digest == hundred()()->info().digest);
  CHECK_FALSE(decoded(hundred(), 1000));
}

}  // namespace
}  // namespace skyreplay::trace
