#pragma once

#include <filesystem>
#include <span>

#include "pricing/bill.h"
#include "replay/result_types.h"
#include "report/text_buffer.h"

namespace skyreplay::report {

/// activities.csv: time, service, kind, cause, from, to.
class ActivitiesCsv {
 public:
  /// REQUIRES the header to outlive it.
  ActivitiesCsv(const std::filesystem::path& path, const replay::ResultHeader& header);
  void write(std::span<const replay::Activity> activities);
  void commit();

 private:
  const replay::ResultHeader& header_;
  AtomicFile file_;
  TextBuffer out_;
};

/// bill.csv: service, line_item, unit, quantity, unit_price_usd, usd; one line a tier.
class BillCsv {
 public:
  explicit BillCsv(const std::filesystem::path& path);
  void write(std::span<const pricing::BillRow> rows);
  void commit();

 private:
  AtomicFile file_;
  TextBuffer out_;
};

}  // namespace skyreplay::report
