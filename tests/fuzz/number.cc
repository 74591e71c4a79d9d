// Numbers as logs, prices and sizes spell them, and patterns of routes.
#include "core/glob.h"
#include "fuzz/support.h"
#include "pricing/money.h"
#include "scenario/data_size.h"
#include "trace/decimal.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  if (const auto read = pricing::Decimal::parse(text)) {
    SKY_CHECK(pricing::Decimal::parse(read->to_string()) == read);
  }
  if (std::int64_t bytes = 0; scenario::parse_data_size(text, bytes)) {
    std::int64_t again = 0;
    SKY_CHECK(bytes >= 0 && scenario::parse_data_size(scenario::format_data_size(bytes), again));
    SKY_CHECK(again == bytes);
  }
  std::int64_t rate = 0;
  scenario::parse_data_rate(text, rate);
  for (const std::int64_t scale : {1LL, 1'000'000'000LL, 100'000'000'000'000LL}) {
    std::int64_t value = 0;
    if (trace::parse_scaled(text, scale, value) == trace::NumberError::kNone) {
      SKY_CHECK(value >= 0);
    }
  }
  if (std::uint64_t count = 0; trace::parse_count(text, count) == trace::NumberError::kNone) {
    std::uint64_t again = 0;
    SKY_CHECK(trace::parse_count(std::to_string(count), again) == trace::NumberError::kNone);
    SKY_CHECK(again == count);
  }
  const std::size_t middle = std::min(text.find('\n'), text.size());
  const std::string_view name = text.substr(0, middle);
  SKY_CHECK(glob_match("*", name));
  SKY_CHECK(glob_match(name, name) || name.find_first_of("*?") != name.npos);
  glob_match(name, text.substr(middle));
  return 0;
}
