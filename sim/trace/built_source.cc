#include "trace/built_source.h"

namespace skyreplay::trace {

Batch BuiltSource::next() {
  Batch batch{.size = 0,
              .first_row = rows_,
              .arrival_ns = arrival_.data(),
              .route = route_.data(),
              .work_ns = work_.data(),
              .wait_ns = wait_.data(),
              .bytes_in = bytes_in_.data(),
              .bytes_out = bytes_out_.data()};
  BuiltRow row;
  while (batch.size < Batch::kMaxRows && make(row)) {
    arrival_[batch.size] = row.arrival_ns;
    route_[batch.size] = row.route;
    work_[batch.size] = row.work_ns;
    wait_[batch.size] = row.wait_ns;
    bytes_in_[batch.size] = row.bytes_in;
    bytes_out_[batch.size] = row.bytes_out;
    ++batch.size;
  }
  rows_ += batch.size;
  return batch;
}

}  // namespace skyreplay::trace
