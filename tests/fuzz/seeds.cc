// fuzz_seeds FOLDER: the binary seeds, FOLDER/TARGET/NAME, written by the project's own writers.
#include <zlib.h>

#include <fstream>
#include <iterator>

#include "support/small_result.h"
#include "trace/writer.h"

namespace skyreplay::fuzz {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void write_trace(const fs::path& path, trace::Durations durations, std::uint32_t rows) {
  trace::Writer writer(path, kDefaultOrigin, durations);
  writer.add_route({.name = "GET /", .memory_size_mib = 512});
  writer.add_route({.name = "fn",
                    .kind = trace::InvocationKind::kAsync,
                    .memory_used_p50_mib = 100,
                    .memory_used_max_mib = 128,
                    .attributes = {{"trigger", "http"}}});
  for (std::uint32_t i = 0; i < rows; ++i) {
    // The same few large numbers again and again: what zstd saves more than a tenth on.
    const std::uint64_t bytes = (i % 3) * 0x9e37'79b9'7f4a'7c15;
    writer.add({.arrival = kDefaultOrigin + i * 1ms,
                .route = i % 2,
                .work = i * 1us,
                .wait = durations == trace::Durations::kOneDuration ? 0us : 50us,
                .bytes_in = bytes >> 8,
                .bytes_out = i,
                .status = static_cast<std::uint16_t>(200 + i % 300),
                .init = i % 100 == 0 ? 20ms : 0ms,
                .memory_used_mib = 64 + i % 7});
  }
  writer.set_span(kDefaultOrigin, kDefaultOrigin + 1h);
  writer.add_provenance({.tool = "seeds", .arguments = {{"rows", std::to_string(rows)}}});
  writer.commit();
}

void write_seeds(const fs::path& folder) {
  for (const char* target : {"trace_reader", "result_reader", "import_csv"}) {
    fs::create_directories(folder / target);
  }
  const fs::path traces = folder / "trace_reader";
  write_trace(traces / "none.skytrace", trace::Durations::kOneDuration, 0);
  write_trace(traces / "few.skytrace", trace::Durations::kOneDuration, 5);
  write_trace(traces / "many.skytrace", trace::Durations::kWorkAndWait, 600);
  testing::SmallResult().write(folder / "result_reader");
  // Behind the line with the options, as import_csv.cc takes it.
  const fs::path packed = folder / "import_csv" / "packed";
  {
    const std::string rows = "arrival_s,route,duration_ms\n1,GET /,2\n2,\"a,b\",3\n";
    gzFile file = gzopen(packed.c_str(), "wb");
    gzwrite(file, rows.data(), static_cast<unsigned>(rows.size()));
    gzclose(file);
  }
  std::ifstream in(packed, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::ofstream(packed, std::ios::binary) << "\n" << bytes;
}

}  // namespace
}  // namespace skyreplay::fuzz

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  skyreplay::fuzz::write_seeds(argv[1]);
}
