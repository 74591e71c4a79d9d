#include "sweep/store.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"

namespace skyreplay::sweep {
namespace {

using testing::TempFolder;

const std::vector<std::string> kQuantities = {"p99(latency of *)", "avg(failures of *)"};

StoredSweep small_sweep() {
  StoredSweep sweep;
  sweep.name = "s";
  sweep.engine = "1";
  sweep.trace_digest = "t";
  sweep.design = "grid";
  sweep.replications = 2;
  sweep.seed = 7;
  sweep.minimize = "cost";
  sweep.against = kQuantities[0];
  sweep.constraints = {"avg(failures of *) < 1 %"};
  sweep.cells = {{"c0", "web", {{"a.b", "1"}, {"a.c", "x, y"}}}, {"c1", "fn", {}}};
  return sweep;
}

RunFacts facts(std::int64_t cost) {
  RunFacts run;
  run.digest = "d" + std::to_string(cost);
  run.platforms = {"ec2", "lambda"};
  run.verdict = replay::Verdict::kBacklogged;
  run.cost = cost;
  run.billed_arrivals = 11;
  run.counters.arrivals = 10;
  for (std::size_t i = 0; i < metrics::kOutcomes; ++i) run.counters.outcomes[i] = i + 1;
  run.in_flight_at_end = 3;
  run.latency = replay::Percentiles{1, 2, 3, 4};
  run.cold_starts = 5;
  run.cold_attempts = 6;
  run.peak = Peak{9, "instances", "web"};
  run.measured = {{.known = true, .value = 42, .holds = true}, {}};
  return run;
}

TEST_CASE("what a sweep asks is read back from its store") {
  const TempFolder folder;
  {
    Store(folder / "s.db", small_sweep());
  }
  const Store store(folder / "s.db");
  CHECK(store.sweep().name == "s");
  CHECK(store.sweep().replications == 2);
  CHECK(store.sweep().seed == 7);
  CHECK(store.sweep().constraints == small_sweep().constraints);
  REQUIRE(store.sweep().cells.size() == 2);
  CHECK(store.sweep().cells[0].values[1].path == "a.c");
  CHECK(store.sweep().cells[0].values[1].value == "x, y");
  CHECK(store.sweep().cells[1].variant == "fn");
}

TEST_CASE("a run is read back as it was put in") {
  const TempFolder folder;
  Store store(folder / "s.db", small_sweep());
  store.put("c0", {facts(100), facts(101)}, kQuantities, 1, 1);
  const std::vector<RunFacts> runs = store.runs("c0", kQuantities);
  REQUIRE(runs.size() == 2);
  const RunFacts& run = runs[1];
  CHECK(run.digest == "d101");
  CHECK(run.platforms == std::vector<std::string>{"ec2", "lambda"});
  CHECK(run.verdict == replay::Verdict::kBacklogged);
  CHECK(run.cost == 101);
  CHECK_FALSE(run.monthly);
  CHECK(run.counters.outcomes[6] == 7);
  CHECK(run.latency->p99 == 3);
  CHECK_FALSE(run.overhead);
  CHECK(run.cold_starts == 5);
  CHECK(run.peak->service == "web");
  CHECK(run.measured[0].value == 42);
  CHECK_FALSE(run.measured[1].known);
}

TEST_CASE("a cell is finished once it has every replication and every quantity") {
  const TempFolder folder;
  Store store(folder / "s.db", small_sweep());
  CHECK_FALSE(store.is_finished("c0", kQuantities));
  store.put("c0", {facts(1)}, kQuantities, 1, 1);
  CHECK_FALSE(store.is_finished("c0", kQuantities));
  CHECK(store.finished(kQuantities).empty());
  store.put("c0", {facts(1), facts(2)}, kQuantities, 1, 1);
  CHECK(store.is_finished("c0", kQuantities));
  CHECK(store.finished(kQuantities) == std::set<std::string>{"c0"});
  CHECK_FALSE(store.is_finished("c0", {"p50(latency of *)"}));
  CHECK(store.finished({"p50(latency of *)"}).empty());
}

TEST_CASE("a store of another version, of another sweep, or no store is refused") {
  const TempFolder folder;
  {
    Store(folder / "s.db", small_sweep());
  }
  const auto refused = [&](const StoredSweep& sweep) {
    return testing::message_of<InputError>([&] { Store(folder / "s.db", sweep); });
  };
  StoredSweep other = small_sweep();
  other.engine = "2";
  CHECK(refused(other).ends_with(
      "holds results of skyreplay 1, and this is 2: they are not mixed; give another --store"));
  other = small_sweep();
  other.name = "t";
  CHECK(
      refused(other).ends_with("is the store of the sweep 's', not of 't'; give another --store"));
  testing::write_file(folder / "text", std::string(5000, 'x'));
  CHECK(testing::message_of<InputError>([&] {
          Store(folder / "text", small_sweep());
        }).find("is no store of a sweep") != std::string::npos);
  CHECK(testing::message_of<MachineError>([&] {
          Store(folder / "nowhere.db");
        }).ends_with("nowhere.db: No such file or directory"));
}

TEST_CASE("results of a former plan stay for when it comes back") {
  const TempFolder folder;
  StoredSweep smaller = small_sweep();
  smaller.cells.pop_back();
  {
    Store store(folder / "s.db", small_sweep());
    store.put("c1", {facts(1), facts(2)}, kQuantities, 1, 1);
  }
  {
    CHECK(Store(folder / "s.db", smaller).sweep().cells.size() == 1);
  }
  CHECK(Store(folder / "s.db", small_sweep()).is_finished("c1", kQuantities));
}

TEST_CASE("merging adds what is missing, and refuses another plan or another result") {
  const TempFolder folder;
  Store all(folder / "all.db", small_sweep());
  all.put("c0", {facts(1), facts(2)}, kQuantities, 1, 1);
  {
    Store(folder / "one.db", small_sweep()).put("c1", {facts(3), facts(4)}, kQuantities, 1, 1);
  }
  all.merge(folder / "one.db");
  CHECK(all.finished(kQuantities).size() == 2);
  all.merge(folder / "one.db");
  CHECK(all.runs("c1", kQuantities)[1].cost == 4);
  {
    Store(folder / "two.db", small_sweep()).put("c1", {facts(5), facts(4)}, kQuantities, 1, 1);
  }
  CHECK(testing::message_of<InputError>([&] {
          all.merge(folder / "two.db");
        }).find("has another result of cell c1") != std::string::npos);
  StoredSweep other = small_sweep();
  other.cells[1].digest = "c2";
  {
    Store(folder / "other.db", other);
  }
  CHECK(testing::message_of<InputError>([&] {
          all.merge(folder / "other.db");
        }).find("is of another sweep, or of the same one planned otherwise") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::sweep
