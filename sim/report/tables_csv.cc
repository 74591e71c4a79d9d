#include "report/tables_csv.h"

#include "report/csv.h"

namespace skyreplay::report {

ActivitiesCsv::ActivitiesCsv(const std::filesystem::path& path, const replay::ResultHeader& header)
    : header_(header), file_(path), out_(file_) {
  out_.text("time,service,kind,cause,from,to\n");
}

void ActivitiesCsv::write(std::span<const replay::Activity> activities) {
  for (const replay::Activity& activity : activities) {
    out_.text(to_rfc3339(activity.time) + "," + csv_cell(header_.services[activity.service].name) +
              "," + csv_cell(activity.kind) + "," + csv_cell(activity.cause) + ",");
    out_.reserve(64);
    if (activity.from) out_.integer(*activity.from);
    out_.put(',');
    if (activity.to) out_.integer(*activity.to);
    out_.put('\n');
  }
}

void ActivitiesCsv::commit() {
  out_.flush();
  file_.commit();
}

BillCsv::BillCsv(const std::filesystem::path& path) : file_(path), out_(file_) {
  out_.text("service,line_item,unit,quantity,unit_price_usd,usd\n");
}

void BillCsv::write(std::span<const pricing::BillRow> rows) {
  for (const pricing::BillRow& row : rows) {
    out_.text(csv_cell(row.service) + "," + csv_cell(row.line_item) + "," + csv_cell(row.unit) +
              "," + row.quantity + "," + row.unit_price_usd + ",");
    out_.reserve(64);
    out_.usd(row.amount);
    out_.put('\n');
  }
}

void BillCsv::commit() {
  out_.flush();
  file_.commit();
}

}  // namespace skyreplay::report
