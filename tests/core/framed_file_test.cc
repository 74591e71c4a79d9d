#include "core/framed_file.h"

#include <doctest/doctest.h>
#include <xxhash.h>

#include "core/error.h"
#include "support/temp_folder.h"

using namespace skyreplay;
using testing::message_of;
using testing::read_file;
using testing::TempFolder;
using testing::write_file;

namespace {

constexpr FrameFormat kFormat{.magic = "TEST1\n", .end = "TESTEND1", .noun = "test file"};

/// Frames of kinds 1 and 2 at bytes 6 and 27, a footer of kind 3 at byte 43; 79 bytes in all.
void write_small(const std::filesystem::path& path) {
  FrameWriter writer(path, kFormat);
  CHECK(writer.append(1, "hello") == 6);
  CHECK(writer.append(2, "") == 27);
  writer.commit(3, "foot");
}

std::string error_with(const std::string& bytes, std::uint64_t offset) {
  const TempFolder folder;
  write_file(folder / "t", bytes);
  const std::string message = message_of<InputError>([&] {
    FrameReader reader(folder / "t", kFormat);
    reader.read(offset);
  });
  // The folder's name differs from run to run.
  const std::string prefix = (folder / "t").string();
  return message.rfind(prefix, 0) == 0 ? "t" + message.substr(prefix.size()) : message;
}

std::string small_bytes() {
  const TempFolder folder;
  write_small(folder / "t");
  return read_file(folder / "t");
}

std::string with_byte(std::string bytes, std::size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

}  // namespace

TEST_CASE("frames are read back by their offsets and in sequence") {
  const TempFolder folder;
  write_small(folder / "t");
  FrameReader reader(folder / "t", kFormat);
  CHECK(reader.file_size() == 79);
  CHECK(reader.footer_offset() == 43);
  FrameReader::Frame frame = reader.read(reader.first_offset());
  CHECK(frame.kind == 1);
  CHECK(frame.payload == "hello");
  CHECK(frame.next_offset == 27);
  frame = reader.read(frame.next_offset);
  CHECK(frame.kind == 2);
  CHECK(frame.payload.empty());
  frame = reader.read(frame.next_offset);
  CHECK(frame.kind == 3);
  CHECK(frame.offset == reader.footer_offset());
  CHECK(frame.payload == "foot");
}

TEST_CASE("the bytes of a frame are length, kind and XXH3, little-endian") {
  const std::string bytes = small_bytes();
  CHECK(bytes.substr(0, 6) == "TEST1\n");
  CHECK(bytes.substr(6, 8) == std::string("\5\0\0\0\1\0\0\0", 8));
  const std::uint64_t hash = XXH3_64bits("hello", 5);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(static_cast<unsigned char>(bytes[14 + i]) == ((hash >> (8 * i)) & 0xff));
  }
  CHECK(bytes.substr(22, 5) == "hello");
  CHECK(bytes.substr(63) == std::string("\x2b\0\0\0\0\0\0\0TESTEND1", 16));
}

TEST_CASE("an empty file says that it is empty") {
  CHECK(error_with("", 6) == "t: the file is empty, expected a test file");
}

TEST_CASE("a file of another kind is told by its first byte") {
  CHECK(error_with("time,route\n1,2\n", 6) ==
        "t: not a test file: byte 0 does not begin the mark 'TEST1'");
  CHECK(error_with("T?", 6) == "t: not a test file: byte 0 does not begin the mark 'TEST1'");
}

TEST_CASE("a file cut anywhere says that its end mark is missing") {
  const std::string bytes = small_bytes();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    CHECK(error_with(bytes.substr(0, size), 6) ==
          "t: truncated test file: the end mark 'TESTEND1' is missing at byte " +
              std::to_string(size));
  }
}

TEST_CASE("an end mark that points outside of the file is refused") {
  CHECK(error_with(with_byte(small_bytes(), 63, 5), 6) ==
        "t: damaged end mark at byte 63: it says the footer is at byte 5 of 79");
  CHECK(error_with(with_byte(small_bytes(), 63, 48), 6) ==
        "t: damaged end mark at byte 63: it says the footer is at byte 48 of 79");
  CHECK(error_with(with_byte(small_bytes(), 70, '\xff'), 6) ==
        "t: damaged end mark at byte 63: it says the footer is at byte "
        "18,374,686,479,671,623,723 of 79");
}

TEST_CASE("a length that lies is refused before anything is allocated") {
  CHECK(error_with(with_byte(small_bytes(), 6, 58), 6) ==
        "t: damaged block at byte 6: its length of 58 bytes is above the 41 left in the file");
  CHECK(error_with(with_byte(small_bytes(), 9, 16), 6) ==
        "t: damaged block at byte 6: its length of 268,435,461 bytes is above the limit of "
        "67,108,864");
}

TEST_CASE("a changed byte of payload or checksum is found") {
  for (const std::size_t at : {14U, 21U, 22U, 26U}) {
    CHECK(error_with(with_byte(small_bytes(), at, 'J'), 6) ==
          "t: damaged block at byte 6: checksum does not match");
  }
}

TEST_CASE("an offset where no frame fits is refused") {
  CHECK(error_with(small_bytes(), 5) ==
        "t: damaged block at byte 5: no frame can begin here in a file of 79 bytes");
  CHECK(error_with(small_bytes(), 48) ==
        "t: damaged block at byte 48: no frame can begin here in a file of 79 bytes");
  CHECK(error_with(small_bytes(), ~std::uint64_t{0}) ==
        "t: damaged block at byte 18,446,744,073,709,551,615: no frame can begin here in a file "
        "of 79 bytes");
}

TEST_CASE("a file that is not there, a folder and a device each say so") {
  const TempFolder folder;
  const auto open = [](const std::filesystem::path& path) { FrameReader reader(path, kFormat); };
  CHECK(message_of<MachineError>([&] { open(folder / "none"); }) ==
        "cannot read '" + (folder / "none").string() + "': No such file or directory");
  CHECK(message_of<MachineError>([&] { open(folder.path()); }) ==
        "cannot read '" + folder.path().string() + "': Is a directory");
  CHECK(message_of<InputError>([&] { open("/dev/null"); }) ==
        "/dev/null: not a regular file; a test file is read from its end");
}
