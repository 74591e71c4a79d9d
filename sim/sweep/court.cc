#include "sweep/court.h"

namespace skyreplay::sweep {

using Item = replay::ResultReader::Item;

void Court::add(const std::function<std::unique_ptr<check::Judge>()>& make) {
  try {
    judges_.push_back(make());
  } catch (const InputError& error) {
    blame_(judges_.size(), error);
  }
}

template <typename Action>
void Court::each_judge(const Action& action) {
  for (std::size_t i = 0; i < judges_.size(); ++i) {
    try {
      action(*judges_[i]);
    } catch (const InputError& error) {
      blame_(i, error);
    }
  }
}

void Court::hear(replay::ResultReader& reader) {
  for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
    if (item == Item::kWindow) {
      // A large window comes in several blocks.
      const bool is_new = !begun_ || reader.window().start != last_;
      begun_ = true;
      last_ = reader.window().start;
      each_judge([&](check::Judge& judge) {
        if (is_new) judge.window(reader.window());
        for (const metrics::WindowRow& row : reader.rows()) judge.row(row);
      });
    }
    if (item != Item::kActivities) continue;
    for (const replay::Activity& activity : reader.activities()) {
      const check::ActivitySeen seen{activity.time, activity.service, activity.kind};
      each_judge([&](check::Judge& judge) { judge.activity(seen); });
    }
  }
}

std::vector<check::Judgement> Court::finish() {
  std::vector<check::Judgement> judgements;
  each_judge([&](check::Judge& judge) { judgements.push_back(judge.finish()); });
  return judgements;
}

}  // namespace skyreplay::sweep
