#include "report/render.h"

#include "replay/result_reader.h"
#include "report/summary_json.h"
#include "report/tables_csv.h"
#include "report/timeline_csv.h"

namespace skyreplay::report {

void render(const std::filesystem::path& folder) {
  using Item = replay::ResultReader::Item;
  replay::ResultReader reader(folder / "result.binpb");
  TimelineCsv timeline(folder / "timeline.csv", reader.header());
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
