#include "trace/decimal.h"

#include <doctest/doctest.h>

#include <string>

#include "trace/text_time.h"

namespace skyreplay::trace {
namespace {

std::string scaled(std::string_view text, std::int64_t scale) {
  std::int64_t value = 0;
  const NumberError error = parse_scaled(text, scale, value);
  return error == NumberError::kNone ? std::to_string(value) : to_string(error);
}

std::string count(std::string_view text) {
  std::uint64_t value = 0;
  const NumberError error = parse_count(text, value);
  return error == NumberError::kNone ? std::to_string(value) : to_string(error);
}

TEST_CASE("a decimal is scaled without a binary fraction between") {
  CHECK(scaled("12", 1'000'000) == "12000000");
  CHECK(scaled("1767571200.123456789", 1'000'000'000) == "1767571200123456789");
  CHECK(scaled("0.07949090003967285", 1'000'000'000) == "79490900");
  CHECK(scaled("1.5e-3", 1'000'000'000) == "1500000");
  CHECK(scaled("2E+2", 1) == "200");
  CHECK(scaled("+.5", 10) == "5");
  CHECK(scaled("0.4999999999999999999999", 1) == "0");
  CHECK(scaled("0.5", 1) == "1");
  CHECK(scaled("1e-300", 1'000'000'000) == "0");
  CHECK(scaled("-0", 1) == "0");
  CHECK(scaled("9223372036854775807", 1) == "9223372036854775807");
  CHECK(scaled("00000000000000000000000000012", 1) == "12");
}

TEST_CASE("what is no number, negative or too large is told apart") {
  for (const char* text :
       {"", ".", "nan", "inf", "-", "1.2.3", "12 ", " 12", "0x10", "1e", "1,5"}) {
    CAPTURE(text);
    CHECK(scaled(text, 1) == "is not a number");
  }
  CHECK(scaled("-3.5", 1) == "is negative");
  CHECK(scaled("9223372036854775808", 1) == "is too large");
  CHECK(scaled("1e30", 1) == "is too large");
  CHECK(scaled("99999999999999999999999", 1) == "is too large");
}

TEST_CASE("a whole number may carry a zero fraction but no other") {
  CHECK(count("249") == "249");
  CHECK(count("249.0") == "249");
  CHECK(count("2.5e1") == "25");
  CHECK(count("249.5") == "is not a number");
  CHECK(count("-1") == "is negative");
  CHECK(count("18446744073709551615") == "18446744073709551615");
  CHECK(count("184467440737095516150") == "is too large");
}

std::string time_of(std::string_view text) {
  TimePoint time;
  const TextTime outcome = parse_text_time(text, time);
  if (outcome == TextTime::kBefore1970) return "before 1970";
  return outcome == TextTime::kRead ? to_rfc3339(time) : "no time";
}

TEST_CASE("times of logs are read with a blank for the T and without a zone as UTC") {
  CHECK(time_of("2023-11-16 18:17:03.9799600") == "2023-11-16T18:17:03.97996Z");
  CHECK(time_of("2023-11-16T18:17:03+01:00") == "2023-11-16T17:17:03Z");
  CHECK(time_of("1998-04-30 21:30:00") == "1998-04-30T21:30:00Z");
  CHECK(time_of("2026-01-05") == "2026-01-05T00:00:00Z");
  CHECK(time_of("1969-12-31T23:59:59Z") == "before 1970");
  CHECK(time_of("1900-01-01") == "before 1970");
  CHECK(time_of("2026-13-01") == "no time");
  CHECK(time_of("1767571200") == "no time");
  CHECK(time_of("") == "no time");
}

}  // namespace
}  // namespace skyreplay::trace
