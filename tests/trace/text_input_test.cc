#include "trace/text_input.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "import_support.h"
#include "trace/input_paths.h"
#include "trace/line_reader.h"
#include "trace/log_fields.h"

namespace skyreplay::trace {
namespace {

using testing::error_of;
using testing::Folder;

std::string all_of(const std::string& path) {
  TextInput input(path);
  std::string text;
  std::array<char, 1000> piece;
  for (std::size_t got = 0; (got = input.read(piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), got);
  }
  return text;
}

/// Some 200 KB that do not compress to nothing.
std::string varied_text() {
  std::string text;
  for (std::uint32_t i = 0; i < 20'000; ++i) text += std::to_string(i * 2'654'435'761U) + "\n";
  return text;
}

TEST_CASE("plain, gzip and zstd files give the same bytes, whatever they are called") {
  const Folder folder;
  const std::string text = varied_text();
  CHECK(all_of(folder.write("a.zst", text)) == text);
  CHECK(all_of(folder.write_gzip("b.log", text)) == text);
  CHECK(all_of(folder.write_zstd("c.gz", text)) == text);
}

TEST_CASE("zstd frames may follow each other, also empty ones and ones to be skipped") {
  const Folder folder;
  const std::string skipped("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
  const std::string path = folder.write(
      "a", skipped + Folder::zstd("one\n") + Folder::zstd("") + skipped + Folder::zstd("two\n"));
  CHECK(all_of(path) == "one\ntwo\n");
}

TEST_CASE("a zstd file cut short names the byte where it ends, wherever it is cut") {
  const Folder folder;
  const std::string whole = Folder::zstd(varied_text());
  for (const std::size_t size : {std::size_t{5}, whole.size() / 2, whole.size() - 1}) {
    const std::string path = folder.write("a.zst", whole.substr(0, size));
    CHECK(error_of([&] { all_of(path); }) == path +
                                                 ": zstd data cut short: the file ends at byte " +
                                                 std::to_string(size) + " of the compressed file");
  }
}

TEST_CASE("a damaged zstd file is an input error that names a byte at or before the damage") {
  const Folder folder;
  std::string text = Folder::zstd(varied_text());
  text[text.size() - 1] = static_cast<char>(text[text.size() - 1] ^ 1);  // of the checksum
  const std::string path = folder.write("a.zst", text);
  const std::string error = error_of([&] { all_of(path); });
  CHECK(error.starts_with(path + ": damaged zstd data ("));
  const std::size_t at = error.find("at byte ");
  REQUIRE(at != std::string::npos);
  CHECK(std::stoul(error.substr(at + 8)) == text.size() - 4);
}

TEST_CASE("what follows a zstd frame and is none is refused") {
  const Folder folder;
  const std::string frame = Folder::zstd("one\n");
  const std::string path = folder.write("a.zst", frame + "garbage");
  CHECK(error_of([&] {
          all_of(path);
        }).ends_with("at byte " + std::to_string(frame.size()) + " of the compressed file"));
}

TEST_CASE("a file of a few bytes that grows to a line without end is refused as one long line") {
  const Folder folder;
  const std::string path = folder.write_zstd("bomb.zst", std::string(64 << 20, 'x') + "\nlast\n");
  LineReader reader{TextInput(path)};
  CHECK(reader.next() == LineReader::Outcome::kBad);
  CHECK(reader.bad_reason() == "the line is longer than 1 MiB");
  CHECK(reader.next() == LineReader::Outcome::kLine);
  CHECK(reader.line() == "last");
  CHECK(to_string(reader.position(3)) == path + ":2:3");
  CHECK(reader.next() == LineReader::Outcome::kEnd);
}

TEST_CASE("lines end in LF or CRLF or with the text; empty ones count but are passed over") {
  const Folder folder;
  LineReader reader{TextInput(folder.write("a", "\xef\xbb\xbfone\r\n\r\n\nfour"))};
  CHECK(reader.next() == LineReader::Outcome::kLine);
  CHECK(reader.line() == "one");
  CHECK(reader.next() == LineReader::Outcome::kLine);
  CHECK(reader.line() == "four");
  CHECK(reader.position(1).line == 4);
  CHECK(reader.next() == LineReader::Outcome::kEnd);
}

TEST_CASE("a line with a NUL byte is bad, the next one is not") {
  const Folder folder;
  LineReader reader{TextInput(folder.write("a", std::string("a\0b\nc\n", 6)))};
  CHECK(reader.next() == LineReader::Outcome::kBad);
  CHECK(reader.next() == LineReader::Outcome::kLine);
}

TEST_CASE("a folder stands for its files and those below, bytewise by path, hidden ones left out") {
  const Folder folder;
  for (const char* below : {"b", ".hidden", "a-1"}) {
    std::filesystem::create_directory(folder / below);
  }
  for (const char* name : {"b/2", "b/10", "a", "B", ".x", ".hidden/y", "a-1/z"}) {
    folder.write(name, "");
  }
  std::filesystem::create_directory_symlink(folder / "b", folder / "link");
  const std::string at = folder.path().string() + "/";
  const std::vector<std::string> paths = input_paths({"-", folder.path().string(), at + "a"});
  CHECK(paths == std::vector<std::string>{"-", at + "B", at + "a", at + "a-1/z", at + "b/10",
                                          at + "b/2", at + "a"});
}

TEST_CASE("a folder without a file and a second standard input are refused") {
  const Folder folder;
  CHECK(error_of([&] {
          input_paths({folder.path().string()});
        }).ends_with(": the folder holds no file"));
  CHECK(error_of([] { input_paths({"-", "-"}); }) ==
        "trace import: standard input ('-') can be read only once");
}

TEST_CASE("fields of a log line end at blanks, quoted ones at a quote that nothing escapes") {
  std::vector<LogField> fields;
  REQUIRE(split_log_fields(R"(a  "b c" "" "say \"hi\" now" "x\x22y" "6" tall" -)", fields));
  const std::array<std::string_view, 7> texts{"a",         "b c",  "",        R"(say \"hi\" now)",
                                              R"(x\x22y)", R"(6)", R"(tall")"};
  REQUIRE(fields.size() == 8);
  CHECK(
      std::equal(texts.begin(), texts.end(), fields.begin(),
                 [](std::string_view text, const LogField& field) { return text == field.text; }));
  CHECK(fields[1].column == 4);
  CHECK(fields[1].quoted);
  CHECK_FALSE(fields[7].quoted);
  REQUIRE(split_log_fields(R"("5"x7 inch" b)", fields));
  CHECK(fields[0].text == R"(5"x7 inch)");
}

TEST_CASE("a quote that is never closed makes a line bad and is its last field") {
  std::vector<LogField> fields;
  CHECK_FALSE(split_log_fields(R"(a "b c\")", fields));
  CHECK(fields.back().column == 3);
}

}  // namespace
}  // namespace skyreplay::trace
