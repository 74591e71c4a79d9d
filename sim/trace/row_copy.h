#pragma once

#include "trace/source.h"
#include "trace/writer.h"

namespace skyreplay::trace {

/// Row `index` of the batch that `source` returned last, all columns of it.
inline Row row_of(const Source& source, const Batch& batch, std::size_t index) {
  Row row{.arrival = TimePoint(Duration(batch.arrival_ns[index])),
          .route = batch.route[index],
          .work = Duration(batch.work_ns[index]),
          .wait = Duration(batch.wait_ns[index]),
          .bytes_in = batch.bytes_in[index],
          .bytes_out = batch.bytes_out[index]};
  if (const std::uint16_t* status = source.status()) row.status = status[index];
  if (const std::int64_t* init = source.init_ns()) row.init = Duration(init[index]);
  if (const std::uint32_t* used = source.memory_used_mib()) row.memory_used_mib = used[index];
  return row;
}

/// Gives `to` all steps of `from` and then `step`.
inline void copy_provenance(const TraceInfo& from, ProvenanceStep step, Writer& to) {
  for (const ProvenanceStep& former : from.provenance) to.add_provenance(former);
  to.add_provenance(std::move(step));
}

}  // namespace skyreplay::trace
