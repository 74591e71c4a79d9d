#include "trace/delimited_reader.h"

#include <doctest/doctest.h>

#include "trace/import_support.h"

namespace skyreplay::trace {
namespace {

using testing::error_of;
using testing::Folder;

/// Records as "line:column=text|..." lines; bad lines as "!position reason".
std::string read_all(const std::string& path) {
  DelimitedReader reader{TextInput(path)};
  std::string text;
  for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::kEnd;
       outcome = reader.next()) {
    if (outcome == DelimitedReader::Outcome::kBad) {
      const SourcePosition at = reader.bad_position();
      text += "!" + std::to_string(at.line) + ":" + std::to_string(at.column) + " " +
              reader.bad_reason() + "\n";
      continue;
    }
    for (const DelimitedReader::Field& field : reader.fields()) {
      text += std::to_string(field.line) + ":" + std::to_string(field.column) + "=" +
              std::string(field.text) + "|";
    }
    text += "\n";
  }
  return text;
}

std::string read_text(const std::string& text) {
  const Folder folder;
  return read_all(folder.write("in.csv", text));
}

TEST_CASE("plain records are split at commas, with line and column") {
  CHECK(read_text("a,b\nccc,,d\n") == "1:1=a|1:3=b|\n2:1=ccc|2:5=|2:6=d|\n");
  CHECK(read_text("") == "");
  CHECK(read_text("a") == "1:1=a|\n");
}

TEST_CASE("CRLF, a byte order mark, empty lines and a missing last line end do not matter") {
  CHECK(read_text("\xef\xbb\xbf"
                  "a,b\r\n\r\n\nc,d") == "1:1=a|1:3=b|\n4:1=c|4:3=d|\n");
}

TEST_CASE("a quoted field may hold commas, doubled quotes and line ends") {
  CHECK(read_text("\"a,1\",\"say \"\"hi\"\"\",\"\"\nx,y,z\n") ==
        "1:2=a,1|1:8=say \"hi\"|1:21=|\n2:1=x|2:3=y|2:5=z|\n");
  CHECK(read_text("\"a\nb\",c,\"d\r\ne\"\nx\n") == "1:2=a\nb|2:4=c|2:7=d\r\ne|\n4:1=x|\n");
}

TEST_CASE("bad quoting spoils its own line and no other") {
  CHECK(read_text("5\" pipe,x\ny,z\n") ==
        "!1:2 a quote is opened and not closed within 1 MiB\n2:1=y|2:3=z|\n");
  CHECK(read_text("a\"b\"c,x\ny,z\n") ==
        "!1:2 a quote stands inside a field or is followed by more than a comma\n2:1=y|2:3=z|\n");
  CHECK(read_text("\"a\"b,x\ny\n") ==
        "!1:4 a quote stands inside a field or is followed by more than a comma\n2:1=y|\n");
}

TEST_CASE("a NUL byte is a bad line") {
  CHECK(read_text(std::string("a,b\0c\nd\n", 8)) == "!1:4 the line holds a NUL byte\n2:1=d|\n");
}

TEST_CASE("a line above 1 MiB is a bad line and the next one is read") {
  CHECK(read_text(std::string((1 << 20) + 1, 'x') + "\nd\n") ==
        "!1:1048577 the line is longer than 1 MiB\n2:1=d|\n");
  const std::string longest(1 << 20, 'x');
  CHECK(read_text(longest + "\nd\n") == "1:1=" + longest + "|\n2:1=d|\n");
  CHECK(read_text(std::string(3 << 20, 'x')) == "!1:1048577 the line is longer than 1 MiB\n");
}

TEST_CASE("a record may lie across the edges of every buffer") {
  std::string text, expected;
  for (int i = 1; text.size() < 300'000; ++i) {
    const std::string cell(static_cast<std::size_t>(i % 977), 'a');
    text += "\"" + cell + "\n" + cell + "\"," + cell + "\n";
    expected += std::to_string(2 * i - 1) + ":2=" + cell + "\n" + cell + "|" +
                std::to_string(2 * i) + ":" + std::to_string(cell.size() + 3) + "=" + cell + "|\n";
  }
  CHECK(read_text(text) == expected);
}

TEST_CASE("gzip is told by content and its members may be concatenated") {
  const Folder folder;
  const std::string text = "a,b\nc,d\n";
  const std::string path = folder.write_gzip("in.csv", text);
  CHECK(read_all(path) == read_text(text));
  const std::string member = skyreplay::testing::read_file(path);
  CHECK(read_all(folder.write("two.gz", member + member)) == read_text(text + text));
}

TEST_CASE("gzip cut short, damaged or followed by something else names the byte") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i * 7919) + ",b\n";
  const std::string whole = skyreplay::testing::read_file(folder.write_gzip("in.csv", text));

  const std::string half = folder.write("half", whole.substr(0, whole.size() / 2));
  CHECK(error_of([&] { read_all(half); }) ==
        half + ": gzip data cut short: the file ends at byte " + std::to_string(whole.size() / 2) +
            " of the compressed file");
  std::string spoilt = whole;
  spoilt[whole.size() - 6] ^= 1;  // within the checksum
  const std::string damaged = folder.write("damaged", spoilt);
  CHECK(error_of([&] { read_all(damaged); }).find(": damaged gzip data at byte ") !=
        std::string::npos);
  const std::string tail = folder.write("tail", whole + "tail");
  CHECK(error_of([&] { read_all(tail); }) ==
        tail + ": bytes that are not gzip follow the gzip data at byte " +
            std::to_string(whole.size()) + " of the compressed file");
}

TEST_CASE("a file that cannot be opened is the machine's trouble and is named") {
  const Folder folder;
  const std::string path = (folder.path() / "absent").string();
  CHECK(skyreplay::testing::message_of<MachineError>([&] { TextInput input(path); }) ==
        path + ": cannot open: No such file or directory");
}

}  // namespace
}  // namespace skyreplay::trace
