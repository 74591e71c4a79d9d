#include "trace/count_source.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "trace/import_support.h"

using namespace std::chrono_literals;

namespace skyreplay::trace {
namespace {

using testing::error_of;
using testing::Folder;

struct Request {
  std::int64_t arrival_ns;
  std::int64_t work_ns;
  bool operator==(const Request&) const = default;
};

std::vector<Request> requests(Source& source) {
  std::vector<Request> found;
  for (Batch batch = source.next(); batch.size > 0; batch = source.next()) {
    CHECK(batch.first_row == found.size());
    for (std::size_t i = 0; i < batch.size; ++i) {
      found.push_back({batch.arrival_ns[i], batch.work_ns[i]});
    }
  }
  return found;
}

CountLaws laws() {
  return {.arrivals = ArrivalLaw::kUniform,
          .service_time = Distribution(Distribution::Lognormal{20ms, 400ms}),
          .seed = 7,
          .route = "all"};
}

TEST_CASE("a series replays as a file imported from it would") {
  Folder folder;
  const std::string file = folder.write("counts.txt", "900 0 30\n1200");
  CountSource source(file, kDefaultOrigin, 1min, laws());
  CHECK(source.info().rows == 2'130);
  CHECK(source.info().start == kDefaultOrigin);
  CHECK(source.info().end == kDefaultOrigin + 4min);
  CHECK(source.info().routes.at(0).rows == 2'130);

  ImportOptions options;
  options.format = "counts";
  options.inputs = {file};
  options.out = folder.path() / "out.skytrace";
  options.step = "1m";
  options.seed = 7;
  options.service_time = "{lognormal: {p50: 20ms, p99: 400ms}}";
  import_trace(options);
  Reader reader(options.out);
  CHECK(requests(source) == requests(reader));
}

TEST_CASE("timestamps say when a series begins and how long its periods are") {
  Folder folder;
  const std::string file = folder.write(
      "counts.csv",
      "time,n\n2026-02-01T00:00:00Z,5\n2026-02-01T00:05:00Z,7\n2026-02-01T00:15:00Z,1\n");
  CountSource source(file, kDefaultOrigin, std::nullopt, laws());
  CHECK(to_rfc3339(source.info().start) == "2026-02-01T00:00:00Z");
  CHECK(source.info().end - source.info().start == 20min);
  CHECK(requests(source).size() == 13);
}

TEST_CASE("the digest follows from the series and the laws") {
  Folder folder;
  const std::string a = folder.write("a.txt", "1 2 3");
  const std::string b = folder.write("b.txt", "1\n2\n3\n");
  const std::string c = folder.write("c.txt", "1 2 4");
  const auto digest = [](const std::string& file, const CountLaws& of) {
    return CountSource(file, kDefaultOrigin, 1min, of).info().digest;
  };
  CHECK(digest(a, laws()) == digest(b, laws()));
  CHECK(digest(a, laws()) != digest(c, laws()));
  CountLaws other = laws();
  other.seed = 8;
  CHECK(digest(a, laws()) != digest(a, other));
}

TEST_CASE("a bad series is refused before the first request") {
  Folder folder;
  const auto refusal = [&](const std::string& text) {
    const std::string file = folder.write("bad.txt", text);
    const std::string error = error_of([&] { CountSource(file, kDefaultOrigin, 1min, laws()); });
    return error.substr(error.find("bad.txt"));
  };
  CHECK(refusal("1 2 x").starts_with("bad.txt:1:5: a count must be a whole number"));
  CHECK(refusal("") == "bad.txt: there are no counts to replay");
}

}  // namespace
}  // namespace skyreplay::trace
