#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "metrics/window_row.h"
#include "pricing/bill.h"
#include "replay/result_types.h"
#include "replay/summary.h"

namespace skyreplay::replay {

/// Streams a result file and trusts nothing in it: whatever is truncated, damaged, contradictory or
/// out of order is an InputError that names the file and the byte offset. Memory is one block.
class ResultReader {
 public:
  /// Reads header, tables and footer. Throws MachineError if the file cannot be read.
  explicit ResultReader(const std::filesystem::path& path);
  ~ResultReader();
  ResultReader(ResultReader&&) noexcept;
  ResultReader(const ResultReader&) = delete;

  const ResultHeader& header() const;
  /// As the footer says it; next() has verified it when it returns kEnd.
  const std::string& digest() const;

  enum class Item { kWindow, kActivities, kBill, kEnd };

  /// Decodes the next block. A window may come in several, with services ascending over all of
  /// them. At the end the digest and the footer's counts have been compared with what was read.
  Item next();

  /// What next() returned; the spans are valid until the next call of a member that is not const.
  const metrics::Window& window() const;
  std::span<const metrics::WindowRow> rows() const;
  std::span<const Activity> activities() const;
  std::span<const pricing::BillRow> bill() const;

  /// Found through the footer, at any time; next() goes on where it was. A summary's services and
  /// routes are most of it, so the head leaves them out and they come one by one, in order.
  Summary summary_head();
  void for_each_service(
      const std::function<void(std::uint32_t index, const ServiceSummary&)>& visit);
  void for_each_route(
      const std::function<void(std::uint32_t index, const metrics::SpanRow&)>& visit);
  /// All of it at once.
  Summary summary();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::replay
