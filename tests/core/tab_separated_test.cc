#include "core/tab_separated.h"

#include <doctest/doctest.h>

namespace skyreplay {
namespace {

using Fields = std::vector<std::string_view>;

}  // namespace

TEST_CASE("comments and empty lines are passed over, and lines keep their numbers") {
  TabSeparatedText text("# why\n\na\tb\n#\tc\nd");
  TabSeparatedLine line;
  REQUIRE(text.next(line));
  CHECK(line.number == 3);
  CHECK(line.fields == Fields{"a", "b"});
  REQUIRE(text.next(line));
  CHECK(line.number == 5);
  CHECK(line.fields == Fields{"d"});
  CHECK_FALSE(text.next(line));
  CHECK(line.number == 5);
  CHECK(line.fields.empty());
}

TEST_CASE("empty fields are fields, also the last, and each has its column") {
  TabSeparatedText text("\tab\t\tc\t\n");
  TabSeparatedLine line;
  REQUIRE(text.next(line));
  CHECK(line.fields == Fields{"", "ab", "", "c", ""});
  CHECK(line.column(0) == 1);
  CHECK(line.column(1) == 2);
  CHECK(line.column(3) == 6);
  CHECK(line.column(4) == 8);
  CHECK(line.column(5) == 1);
}

TEST_CASE("a text without a line has none") {
  TabSeparatedText text("# nothing\n");
  TabSeparatedLine line;
  CHECK_FALSE(text.next(line));
  CHECK(line.number == 1);
}

}  // namespace skyreplay
