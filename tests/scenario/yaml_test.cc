#include <doctest/doctest.h>

#include "scenario/support.h"

using skyreplay::scenario::Scenario;
using skyreplay::testing::kSmall;
using skyreplay::testing::mistakes_of;

TEST_CASE("JSON is read as the YAML it is") {
  CHECK(
      mistakes_of("{\"version\": 1, \"services\": {\"fn\": {\"lambda\": {\"memory_size\": 128}}},\n"
                  " \"drain\": \"5m\", \"start\": \"cold\"}") == "");
  CHECK(mistakes_of("{\"version\": 1, \"services\": {\"fn\": {\"lambda\": {}}},\n \"sed\": 1}") ==
        "shop.yaml:2:2: unknown field 'sed', did you mean 'seed'?");
}

TEST_CASE("an empty file is refused") {
  CHECK(mistakes_of("") == "shop.yaml:1:1: is empty");
  CHECK(mistakes_of("# nothing\n") == "shop.yaml:1:1: is empty");
}

TEST_CASE("a duplicate key is refused with the line of the first") {
  CHECK(mistakes_of("version: 1\nversion: 1\nservices: {fn: {lambda: {}}, fn: {lambda: {}}}\n") ==
        "shop.yaml:2:1: duplicate key 'version', first on line 1\n"
        "shop.yaml:3:30: duplicate key 'fn', first on line 3");
}

TEST_CASE("anchors, aliases and tags are refused where they stand") {
  CHECK(mistakes_of("version: 1\nservices:\n  a: &a {lambda: {}}\n  b: *a\n"
                    "routes: [{match: \"*\", service: a}]\n") ==
        "shop.yaml:3:6: anchors (&name) are refused: write the value out\n"
        "shop.yaml:4:6: aliases (*name) are refused: write the value out, or quote a text that "
        "starts with '*'");
  CHECK(mistakes_of(kSmall + "seed: !!int 5\n") ==
        "shop.yaml:3:7: tags are refused: leave out 'tag:yaml.org,2002:int'");
}

TEST_CASE("a star that is not quoted is refused with the advice to quote it") {
  CHECK(mistakes_of(kSmall + "routes: [{match: *, service: fn}]\n") ==
        "shop.yaml:3:19: not valid YAML: alias not found after *");
}

TEST_CASE("bytes that are not plain text are refused with their position") {
  CHECK(mistakes_of(std::string("version: 1\nname: a\0b\n", 20)) ==
        "shop.yaml:2:8: control character 0x00: a scenario is plain text");
  CHECK(mistakes_of("version: 1\x04\nname: b\n") ==
        "shop.yaml:1:11: control character 0x04: a scenario is plain text");
  CHECK(mistakes_of("version: 1\nname: \xc3\xa9\xff\n") == "shop.yaml:2:9: byte 0xff is not UTF-8");
  CHECK(mistakes_of("name: \xed\xa0\x80\n") == "shop.yaml:1:7: byte 0xed is not UTF-8");
  CHECK(mistakes_of("name: \xc0\x80\n") == "shop.yaml:1:7: byte 0xc0 is not UTF-8");
  CHECK(mistakes_of("name: \xe2\x82") == "shop.yaml:1:7: byte 0xe2 is not UTF-8");
}

TEST_CASE("a control character that a name escapes is shown escaped, so that it loads again") {
  // DEL and the one-byte form of ESC [ command a terminal; a raw DEL would not even load.
  const Scenario scenario = Scenario::parse(
      "version: 1\nname: \"a\\x7f\\x1b\\u009b\\u00e9\"\nservices: {fn: {lambda: {}}}\n",
      "shop.yaml");
  const std::string shown = scenario.to_yaml();
  CHECK(shown.find("\nname: \"a\\x7f\\x1b\\x9b\xc3\xa9\"\n") != std::string::npos);
  CHECK(Scenario::parse(shown, "again.yaml").digest() == scenario.digest());
}

TEST_CASE("text beyond ASCII, a byte order mark and Windows line ends are read") {
  CHECK(mistakes_of("\xef\xbb\xbfversion: 1\r\nname: caf\xc3\xa9\r\n"
                    "services: {fn: {lambda: {}}}\r\n") == "");
}

TEST_CASE("a second document is refused where it starts") {
  CHECK(mistakes_of("---\n" + kSmall + "...\n") == "");
  CHECK(mistakes_of(kSmall + "---\nversion: 1\n") ==
        "shop.yaml:3:1: a second document starts here; a scenario is one document");
}

TEST_CASE("nesting is refused from the 65th level on, at that level") {
  const auto nested = [](int levels) {
    return kSmall + "calls: " + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "\n";
  };
  CHECK(mistakes_of(nested(63)) == "shop.yaml:3:9: calls[0]: must be a map of fields, not a list");
  CHECK(mistakes_of(nested(64)) == "shop.yaml:3:71: nested deeper than 64 levels");
  CHECK(mistakes_of(nested(100'000)) == "shop.yaml:3:71: nested deeper than 64 levels");
}

TEST_CASE("a document of more than a million values is refused") {
  std::string text = kSmall + "calls: [";
  for (int i = 0; i < 1'000'001; ++i) text += "0,";
  CHECK(mistakes_of(text + "0]\n").ends_with(": more than 1000000 values"));
}

TEST_CASE("what is no YAML is refused with its position and the parser's reason") {
  CHECK(mistakes_of("version: 1\nservices: {fn: {lambda: {}}\n") ==
        "shop.yaml:3:1: not valid YAML: end of map flow not found");
  CHECK(mistakes_of("version: 1\n\tname: x\n").starts_with("shop.yaml:2:1: not valid YAML: "));
}

TEST_CASE("a key that is not a text is refused") {
  CHECK(mistakes_of("? [a, b]\n: 1\n") ==
        "shop.yaml:1:3: a key must be a text; or is a bracket left open?");
  CHECK(mistakes_of("~: 1\n") == "shop.yaml:1:1: a key must be a text; or is a bracket left open?");
}
