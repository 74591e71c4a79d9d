#include <doctest/doctest.h>

#include <functional>

#include "report/csv.h"
#include "report/json_writer.h"
#include "report/text_buffer.h"
#include "support/temp_folder.h"

namespace skyreplay::report {
namespace {

std::string text(const std::function<void(TextBuffer&)>& write) {
  const testing::TempFolder folder;
  AtomicFile file(folder / "x");
  TextBuffer out(file);
  write(out);
  out.flush();
  file.commit();
  return testing::read_file(folder / "x");
}

std::string ratio(std::uint64_t a, std::uint64_t b) {
  return text([&](TextBuffer& out) { out.ratio(a, b); });
}

std::string json(std::string_view value) {
  const testing::TempFolder folder;
  AtomicFile file(folder / "x");
  JsonWriter out(file);
  out.string(value);
  out.finish();
  file.commit();
  return testing::read_file(folder / "x");
}

TEST_CASE("numbers are written exactly, without an exponent and without trailing zeros") {
  const auto ms = [](std::int64_t ns) {
    return text([&](TextBuffer& out) { out.milliseconds(ns); });
  };
  CHECK(ms(0) == "0");
  CHECK(ms(1) == "0.000001");
  CHECK(ms(1'500'000) == "1.5");
  CHECK(ms(-33'333) == "-0.033333");
  CHECK(ms(INT64_MAX) == "9223372036854.775807");
  CHECK(ms(INT64_MIN) == "-9223372036854.775808");
  const auto usd = [](std::int64_t nano) { return text([&](TextBuffer& out) { out.usd(nano); }); };
  CHECK(usd(0) == "0.000000000");
  CHECK(usd(-1) == "-0.000000001");
  CHECK(usd(31'710'000'000) == "31.710000000");
}

TEST_CASE("a ratio is rounded to six decimals, whatever its size") {
  CHECK(ratio(1, 3) == "0.333333");
  CHECK(ratio(2, 3) == "0.666667");
  CHECK(ratio(9'999'999, 10'000'000) == "1");
  CHECK(ratio(0, 7) == "0");
  CHECK(ratio(UINT64_MAX, 60'000'000'000) == "307445734.561826");
  CHECK(ratio(3u * 86'400'000'000'000u, 2u * 86'400'000'000'000u) == "1.5");  // two days
  CHECK(text([](TextBuffer& out) { out.percent(1ull << 62, 1ull << 62); }) == "100");
  CHECK(text([](TextBuffer& out) { out.percent(713, 1000); }) == "71.3");
}

TEST_CASE("more text than the buffer holds arrives whole") {
  const std::string much(3'000'000, 'x');
  CHECK(text([&](TextBuffer& out) {
          for (int i = 0; i < 1000; ++i) out.text("0123456789");
          out.text(much);
          out.text("end");
        }).size() == 3'010'003);
}

TEST_CASE("a text cell is quoted where RFC 4180 asks for it") {
  CHECK(csv_cell("plain name") == "plain name");
  CHECK(csv_cell("") == "");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
}

TEST_CASE("no text cell is a formula, and dropping one apostrophe gives every name back") {
  for (const std::string name : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'quoted", "fn/a", ""}) {
    const std::string cell = csv_cell(name);
    CHECK((cell.empty() || std::string("=+-@\t\r").find(cell.front()) == std::string::npos));
    CHECK((cell.starts_with("'") ? cell.substr(1) : cell) == name);
  }
  CHECK(csv_cell("\rx") == "\"'\rx\"");
}

TEST_CASE("a JSON string escapes what it must and replaces what is not UTF-8") {
  CHECK(json("a\"b\\c") == "\"a\\\"b\\\\c\"\n");
  CHECK(json(std::string("\n\0\x1f\x7f", 4)) == "\"\\u000a\\u0000\\u001f\\u007f\"\n");
  CHECK(json("\xc2\x80\xc2\x9f\xc2\xa0") == "\"\\u0080\\u009f\xc2\xa0\"\n");  // C1, then no control
  CHECK(json("h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80\"\n");
  const std::string mark = "\xef\xbf\xbd";
  CHECK(json("\xff") == "\"" + mark + "\"\n");
  CHECK(json("\xc3") == "\"" + mark + "\"\n");                                     // cut short
  CHECK(json("\xc0\xaf") == "\"" + mark + mark + "\"\n");                          // overlong '/'
  CHECK(json("\xed\xa0\x80") == "\"" + mark + mark + mark + "\"\n");               // surrogate
  CHECK(json("\xf4\x90\x80\x80x") == "\"" + mark + mark + mark + mark + "x\"\n");  // above U+10FFFF
}

}  // namespace
}  // namespace skyreplay::report
