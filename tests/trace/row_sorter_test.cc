#include "trace/row_sorter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <tuple>
#include <vector>

#include "core/random.h"
#include "core/stop.h"
#include "import_support.h"

namespace skyreplay::trace {
namespace {

using testing::Folder;

/// Rows of few different arrivals, each told from the others by its bytes, which count up.
std::vector<Row> shuffled_rows(std::uint64_t count) {
  const RandomStream stream(7, "row_sorter_test", "arrival");
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto arrival = static_cast<std::int64_t>(stream.at(i)() % 1'000);
    rows.push_back({.arrival = TimePoint{Duration{arrival}},
                    .route = static_cast<std::uint32_t>(i % 5),
                    .work = Duration{arrival * 2},
                    .bytes_in = i,
                    .status = 200});
  }
  return rows;
}

std::vector<Row> sorted(RowSorter& sorter, const std::vector<Row>& rows) {
  for (const Row& row : rows) sorter.add(row);
  std::vector<Row> result;
  for (Row row; sorter.next(row);) result.push_back(row);
  return result;
}

void check_order(std::vector<Row> rows, const std::vector<Row>& result) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.arrival, a.bytes_in) < std::tie(b.arrival, b.bytes_in);
  });
  REQUIRE(result.size() == rows.size());
  bool same = true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    same &= result[i].arrival == rows[i].arrival && result[i].bytes_in == rows[i].bytes_in &&
            result[i].route == rows[i].route && result[i].work == rows[i].work &&
            result[i].status == rows[i].status;
  }
  CHECK(same);
}

TEST_CASE("rows come out by arrival, those of one arrival as they were added, in any memory") {
  const Folder folder;
  const std::vector<Row> rows = shuffled_rows(30'000);
  // 16 KiB hold 204 rows of 80 bytes: 147 runs, of which three are merged at a time.
  for (const auto& [memory, runs] :
       {std::pair{RowSorter::kLeastMemory, 148}, std::pair{std::uint64_t{1} << 20, 3},
        std::pair{std::uint64_t{64} << 20, 0}}) {
    RowSorter sorter(memory, folder.path());
    check_order(rows, sorted(sorter, rows));
    CHECK(sorter.spilled_runs() == runs);
    CHECK(sorter.rows() == rows.size());
  }
}

TEST_CASE("nothing, and one row, can be sorted") {
  const Folder folder;
  RowSorter none(1 << 20, folder.path());
  CHECK(sorted(none, {}).empty());
  RowSorter one(1 << 20, folder.path());
  check_order(shuffled_rows(1), sorted(one, shuffled_rows(1)));
}

TEST_CASE("what is spilled has no name, so that nothing is left however an import ends") {
  const Folder folder;
  RowSorter sorter(RowSorter::kLeastMemory, folder.path());
  for (const Row& row : shuffled_rows(2'000)) sorter.add(row);
  CHECK(sorter.spilled_runs() > 0);
  CHECK(folder.entries() == 0);
  Row row;
  CHECK(sorter.next(row));
  CHECK(folder.entries() == 0);
}

TEST_CASE("a stop ends sorting, be it while rows are added or while they are merged") {
  const Folder folder;
  const std::vector<Row> rows = shuffled_rows(2'000);
  RowSorter adding(RowSorter::kLeastMemory, folder.path());
  RowSorter merging(RowSorter::kLeastMemory, folder.path());
  for (const Row& row : rows) merging.add(row);
  request_stop(SIGINT);
  CHECK_THROWS_AS(sorted(adding, rows), Interrupted);
  Row row;
  CHECK_THROWS_AS(merging.next(row), Interrupted);
  request_stop(0);
  CHECK(folder.entries() == 0);
}

TEST_CASE("memory that is never used up touches no folder") {
  RowSorter sorter(1 << 20, "/there/is/no/such/folder");
  CHECK(sorted(sorter, shuffled_rows(100)).size() == 100);
}

TEST_CASE("a folder that takes no file is the machine's mistake, and the message names it") {
  RowSorter sorter(RowSorter::kLeastMemory, "/there/is/no/such/folder");
  std::string message;
  try {
    sorted(sorter, shuffled_rows(1'000));
  } catch (const MachineError& error) {
    message = error.what();
  }
  CHECK(message.starts_with("cannot create a file to sort in '/there/is/no/such/folder': "));
}

}  // namespace
}  // namespace skyreplay::trace
