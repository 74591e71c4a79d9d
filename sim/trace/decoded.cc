#include "trace/decoded.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/stop.h"

namespace skyreplay::trace {
namespace {

struct Columns {
  TraceInfo info;
  std::vector<std::int64_t> arrival_ns;
  std::vector<std::uint32_t> route;
  std::vector<std::int64_t> work_ns;
  std::vector<std::int64_t> wait_ns;    ///< empty where every wait is 0
  std::vector<std::uint64_t> bytes_in;  ///< empty where the trace has no bytes
  std::vector<std::uint64_t> bytes_out;

  std::size_t bytes() const {
    return arrival_ns.size() * (2 * sizeof(std::int64_t) + sizeof(std::uint32_t)) +
           (wait_ns.size() + bytes_in.size() + bytes_out.size()) * sizeof(std::int64_t);
  }

  void add(const Batch& batch) {
    const auto append = [&](auto& column, const auto* from) {
      column.insert(column.end(), from, from + batch.size);
    };
    append(arrival_ns, batch.arrival_ns);
    append(route, batch.route);
    append(work_ns, batch.work_ns);
    if (info.durations == Durations::kWorkAndWait) append(wait_ns, batch.wait_ns);
    if (!info.has_bytes) return;
    append(bytes_in, batch.bytes_in);
    append(bytes_out, batch.bytes_out);
  }
};

/// Hands out columns in memory, a batch at a time.
class DecodedSource final : public Source {
 public:
  explicit DecodedSource(std::shared_ptr<const Columns> columns) : columns_(std::move(columns)) {}

  const TraceInfo& info() const override { return columns_->info; }

  Batch next() override {
    const Columns& all = *columns_;
    const std::size_t at = at_;
    const std::size_t size = std::min(Batch::kMaxRows, all.arrival_ns.size() - at);
    at_ += size;
    return {.size = size,
            .first_row = at,
            .arrival_ns = all.arrival_ns.data() + at,
            .route = all.route.data() + at,
            .work_ns = all.work_ns.data() + at,
            .wait_ns = all.wait_ns.empty() ? kNone.data() : all.wait_ns.data() + at,
            .bytes_in = all.bytes_in.empty() ? kNoBytes.data() : all.bytes_in.data() + at,
            .bytes_out = all.bytes_out.empty() ? kNoBytes.data() : all.bytes_out.data() + at};
  }

 private:
  static constexpr std::array<std::int64_t, Batch::kMaxRows> kNone{};
  static constexpr std::array<std::uint64_t, Batch::kMaxRows> kNoBytes{};

  std::shared_ptr<const Columns> columns_;
  std::size_t at_ = 0;
};

}  // namespace

Opener decoded(const Opener& opener, std::size_t max_bytes) {
  const std::unique_ptr<Source> source = opener();
  auto columns = std::make_shared<Columns>();
  columns->info = source->info();
  for (Batch batch = source->next(); batch.size > 0; batch = source->next()) {
    throw_if_stopped();
    columns->add(batch);
    if (columns->bytes() > max_bytes) return {};
  }
  return [columns = std::shared_ptr<const Columns>(columns)] {
    return std::make_unique<DecodedSource>(columns);
  };
}

}  // namespace skyreplay::trace
