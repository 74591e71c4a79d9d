#include "report/render.h"

#include <utility>
#include <vector>

#include "replay/result_reader.h"
#include "report/rest_row.h"
#include "report/summary_json.h"
#include "report/tables_csv.h"
#include "report/timeline_csv.h"

namespace skyreplay::report {

void render(const std::filesystem::path& folder, std::optional<std::size_t> timeline_services) {
  using Item = replay::ResultReader::Item;
  replay::ResultReader reader(folder / "result.binpb");
  std::vector<bool> own;
  if (timeline_services && *timeline_services < reader.header().services.size()) {
    own = busiest_services(reader, *timeline_services);
  }
  TimelineCsv timeline(folder / "timeline.csv", reader.header(), std::move(own));
  ActivitiesCsv activities(folder / "activities.csv", reader.header());
  BillCsv bill(folder / "bill.csv");
  for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
    if (item == Item::kWindow) timeline.window(reader.window(), reader.rows());
    if (item == Item::kActivities) activities.write(reader.activities());
    if (item == Item::kBill) bill.write(reader.bill());
  }
  write_summary_json(folder / "summary.json", reader);
  timeline.commit();
  activities.commit();
  bill.commit();
}

}  // namespace skyreplay::report
