#include "core/glob.h"

#include <doctest/doctest.h>

#include <string>

#include "core/text.h"

using skyreplay::glob_match;

TEST_CASE("a star stands for any bytes and a question mark for exactly one") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*", "GET /a/b"));
  CHECK(glob_match("GET /static/*", "GET /static/a/b.css"));
  CHECK(!glob_match("GET /static/*", "GET /stati"));
  CHECK(glob_match("a?c", "abc"));
  CHECK(!glob_match("a?c", "ac"));
  CHECK(!glob_match("a?c", "abbc"));
  CHECK(glob_match("", ""));
  CHECK(!glob_match("", "a"));
  CHECK(!glob_match("abc", "abcd"));
  CHECK(!glob_match("abcd", "abc"));
}

TEST_CASE("a star gives back what it swallowed when the rest does not fit") {
  CHECK(glob_match("*ab", "aab"));
  CHECK(glob_match("*a*b*c", "xxaxxbxxbxc"));
  CHECK(!glob_match("*a*b*c", "xxaxxbxxbx"));
  CHECK(glob_match("a**", "a"));
}

TEST_CASE("a hostile pattern ends in time") {
  std::string pattern;
  for (int i = 0; i < 2'000; ++i) pattern += "*a";
  CHECK(!glob_match(pattern + "b", std::string(4'000, 'a')));
}

TEST_CASE("numbers are grouped by thousands") {
  CHECK(skyreplay::grouped(0) == "0");
  CHECK(skyreplay::grouped(999) == "999");
  CHECK(skyreplay::grouped(1'000) == "1,000");
  CHECK(skyreplay::grouped(18'446'744'073'709'551'615u) == "18,446,744,073,709,551,615");
}
