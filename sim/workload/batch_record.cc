#include "workload/batch_record.h"

#include <algorithm>

namespace skyreplay::workload {

std::uint32_t begin_batch(Clients& clients, const std::vector<std::uint32_t>& events,
                          std::uint32_t attempt) {
  const std::uint32_t batch = clients.begin_batch(events.front());
  Duration work{}, wait{};
  Bytes bytes;
  for (const std::uint32_t index : events) {
    const Request& event = clients.request(index);
    work += event.work;
    wait += event.wait;
    if (!event.more) continue;
    bytes.in += event.bytes_in;
    bytes.out += event.bytes_out;
  }
  Request& request = clients.request(batch);
  request.work = work;
  request.wait = wait;
  request.attempts = static_cast<std::uint8_t>(std::min<std::uint32_t>(attempt, 255));
  if (bytes.in + bytes.out > 0) {
    request.second_line().bytes_in = bytes.in;
    request.bytes_out = bytes.out;
  }
  return batch;
}

void copy_times(Clients& clients, std::uint32_t batch, std::uint32_t event) {
  const Request& from = clients.request(batch);
  Request& to = clients.request(event);
  to.init = from.init;
  to.place = from.place;
  if (from.more && from.downstream > Duration{}) to.second_line().downstream = from.downstream;
}

}  // namespace skyreplay::workload
