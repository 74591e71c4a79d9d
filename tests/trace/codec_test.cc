#include "trace/codec.h"

#include <doctest/doctest.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/temp_folder.h"

using namespace skyreplay::trace;
using skyreplay::testing::message_of;

namespace {

using Values = std::vector<std::uint64_t>;
constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

std::size_t whole_miniblocks(std::size_t rows) { return (rows + 127) / 128 * 128; }

Values decoded(const std::string& encoded, std::size_t rows, std::uint64_t limit = kMax) {
  ColumnDecoder decoder;
  decoder.open(encoded, rows, 1'000'000'000);
  if (decoder.is_constant()) return Values(rows, decoder.constant_value());
  Values out(whole_miniblocks(rows));
  decoder.decode(out.data(), rows, limit);
  out.resize(rows);
  return out;
}

/// `rows` values that need exactly `width` bits above a base; the extremes are among them.
Values random_values(std::mt19937_64& random, unsigned width, std::size_t rows) {
  const std::uint64_t mask = width == 0 ? 0 : kMax >> (64 - width);
  const std::uint64_t base = width == 64 ? 0 : random() % (kMax - mask);
  Values values(rows);
  for (std::uint64_t& value : values) value = base + (random() & mask);
  if (rows > 0) values.front() = base;
  if (rows > 1) values.back() = base + mask;
  return values;
}

template <typename Integer>
std::string bytes_of(Integer value) {
  std::string text(sizeof value, '\0');
  std::memcpy(text.data(), &value, sizeof value);
  return text;
}

std::string column(std::uint8_t codec, std::uint32_t unit, const std::string& payload) {
  return bytes_of(codec) + bytes_of(unit) + payload;
}

std::string miniblock(std::uint8_t width, std::uint64_t base, char fill = 0) {
  return bytes_of(width) + bytes_of(base) + std::string(std::size_t{16} * width, fill);
}

std::string refusal(const std::string& encoded, std::size_t rows = 128,
                    std::uint64_t limit = kMax) {
  return message_of<ColumnDamage>([&] { decoded(encoded, rows, limit); });
}

std::string refusal32(const std::string& encoded, std::uint32_t limit) {
  return message_of<ColumnDamage>([&] {
    ColumnDecoder decoder;
    decoder.open(encoded, 128, 1);
    std::vector<std::uint32_t> out(128);
    decoder.decode(out.data(), 128, limit);
  });
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// A zstd frame of one segment that says `size` bytes and holds one block: `run` times the same
/// byte.
std::string bomb(std::uint64_t size, std::uint32_t run) {
  std::string frame("\x28\xb5\x2f\xfd\xe0", 5);
  for (int i = 0; i < 8; ++i) frame += static_cast<char>(size >> (8 * i));
  const std::uint32_t block = 1 | 1 << 1 | run << 3;  // the last one, run-length encoded
  for (int i = 0; i < 3; ++i) frame += static_cast<char>(block >> (8 * i));
  return frame + "x";
}

}  // namespace

TEST_CASE("every width from 0 to 64 comes back exactly, for rows around the miniblock's size") {
  std::mt19937_64 random(1);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const std::size_t rows : {1u, 2u, 127u, 128u, 129u, 1000u}) {
      const Values values = random_values(random, width, rows);
      CHECK_MESSAGE(decoded(encode_column(values, 1), rows) == values, "width ", width, " rows ",
                    rows);
    }
  }
}

TEST_CASE("the extremes of 64 bits come back exactly") {
  CHECK(decoded(encode_column(Values{0, kMax}, 1), 2) == Values{0, kMax});
  CHECK(decoded(encode_column(Values{kMax, kMax - 1}, 1), 2) == Values{kMax, kMax - 1});
  CHECK(decoded(encode_column(Values{kMax, kMax}, 1), 2) == Values{kMax, kMax});
}

TEST_CASE("packed words lie in four interleaved lanes as the schema says") {
  // 4-bit values i mod 16 in row order: lane l of row r is value 4r + l, so word 0 of lane l
  // holds rows 0 to 7 of that lane, lowest bits first.
  Values values(128);
  for (std::size_t i = 0; i < 128; ++i) values[i] = 1000 + i % 16;
  const std::string encoded = encode_column(values, 1);
  CHECK(encoded.size() == 5 + 9 + 64);
  CHECK(encoded.substr(0, 14) == column(1, 1, miniblock(0, 1000)).replace(5, 1, "\4"));
  CHECK(encoded.substr(14, 16) == bytes_of(0xC840C840u) + bytes_of(0xD951D951u) +
                                      bytes_of(0xEA62EA62u) + bytes_of(0xFB73FB73u));
}

TEST_CASE("a column of one value costs 13 bytes whatever its rows") {
  CHECK(encode_column(Values(65'536, 77), 1'000) == column(0, 1'000, bytes_of(std::uint64_t{77})));
}

TEST_CASE("zstd is used only where it saves as much as is asked for") {
  std::mt19937_64 random(2);
  Values noise(4096), repeating(4096);
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] = random() & 0xffff;
    repeating[i] = noise[i % 64];
  }
  std::string encoded = encode_column(noise, 1);
  CHECK(!compress_column(encoded, encoded.size() / 10));
  CHECK(decoded(encoded, 4096) == noise);
  encoded = encode_column(repeating, 1);
  const std::string packed = encoded;
  CHECK(!compress_column(encoded, encoded.size()));
  CHECK(encoded == packed);
  CHECK(compress_column(encoded, encoded.size() * 9 / 10));
  CHECK(encoded.front() == 2);
  CHECK(encoded.size() <= packed.size() / 10);
  CHECK(decoded(encoded, 4096) == repeating);
  CHECK(!compress_column(encoded, 0));
  encoded = encode_column(Values(4096, 1), 1);
  CHECK(!compress_column(encoded, 0));
}

TEST_CASE("the unit multiplies every value") {
  const Values values{3, 29'410'000'000, 0};
  ColumnDecoder decoder;
  const std::string encoded = encode_column(values, 1'000);
  decoder.open(encoded, 3, 1'000);
  Values out(128);
  decoder.decode(out.data(), 3, std::numeric_limits<std::int64_t>::max());
  CHECK(out[0] == 3'000);
  CHECK(out[1] == 29'410'000'000'000);
  CHECK(out[2] == 0);
}

TEST_CASE("the unit multiplies at every width, and 32-bit columns come back at theirs") {
  std::mt19937_64 random(5);
  for (unsigned width = 0; width <= 50; ++width) {
    Values values(300);
    for (std::uint64_t& value : values) value = 3 + (width == 0 ? 0 : random() >> (64 - width));
    values[0] = 3;
    values[1] = 4;
    const std::string encoded = encode_column(values, 1'000);
    ColumnDecoder decoder;
    decoder.open(encoded, 300, 1'000);
    Values out(384);
    decoder.decode(out.data(), 300, std::numeric_limits<std::int64_t>::max());
    for (std::size_t i = 0; i < 300; ++i) REQUIRE(out[i] == values[i] * 1'000);
    if (width > 31) continue;
    const std::string narrow = encode_column(values, 1);
    decoder.open(narrow, 300, 1);
    std::vector<std::uint32_t> out32(384);
    decoder.decode(out32.data(), 300, std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = 0; i < 300; ++i) REQUIRE(out32[i] == values[i]);
    decoder.open(narrow, 300, 1);
    const auto most = static_cast<std::uint32_t>(*std::ranges::max_element(values));
    decoder.decode(out32.data(), 300, most);
    for (std::size_t i = 0; i < 300; ++i) REQUIRE(out32[i] == values[i]);
  }
}

TEST_CASE("running sums agree with adding one by one, at every width") {
  std::mt19937_64 random(3);
  for (unsigned width = 1; width <= 54; ++width) {
    Values values(300);
    for (std::uint64_t& value : values) value = 5 + (random() >> (64 - width));
    const std::string encoded = encode_column(values, 1);
    ColumnDecoder decoder;
    decoder.open(encoded, values.size(), 1);
    std::vector<std::int64_t> out(384);
    std::int64_t sum = 17;
    decoder.decode_sums(out.data(), values.size(), sum, std::numeric_limits<std::int64_t>::max());
    std::int64_t expected = 17;
    for (std::size_t i = 0; i < values.size(); ++i) {
      expected += static_cast<std::int64_t>(values[i]);
      REQUIRE(out[i] == expected);
    }
    CHECK(sum == expected);
  }
}

TEST_CASE("a damaged column is refused with its reason") {
  CHECK(refusal("abc") == "it is shorter than its header");
  CHECK(refusal(column(3, 1, "")) == "its codec 3 is unknown");
  CHECK(refusal(column(1, 0, "")) == "its unit of 0 ns is not within 1 to 1000000000");
  CHECK(refusal(column(0, 1, "1234567")) == "its constant is not of 8 bytes");
  CHECK(refusal(column(1, 1, "12345678")) == "it has fewer values than rows");
  CHECK(refusal(column(1, 1, miniblock(65, 0))) == "a width of 65 bits is above 64");
  CHECK(refusal(column(1, 1, miniblock(3, 0).substr(0, 56))) == "it has fewer values than rows");
  CHECK(refusal(column(1, 1, miniblock(3, 0)), 129) == "it has fewer values than rows");
  CHECK(refusal(column(2, 1, "not zstd at all")) == "it is not a zstd frame with a content size");
  CHECK(refusal(column(2, 1, zstd(std::string(1034, 'x')))) ==
        "it says 1,034 bytes under zstd, more than the 1,033 that 128 rows need");
  const std::string whole = zstd(miniblock(8, 0, 'q'));
  CHECK(refusal(column(2, 1, whole.substr(0, whole.size() - 1))) == "zstd cannot read it");
}

TEST_CASE("a zstd frame is refused by what it claims, and no more is unpacked than it claims") {
  CHECK(refusal(column(2, 1, bomb(std::uint64_t{1} << 40, 100))) ==
        "it says 1,099,511,627,776 bytes under zstd, more than the 1,033 that 128 rows need");
  CHECK(refusal(column(2, 1, bomb(~std::uint64_t{0} - 2, 100))).find("more than the 1,033") !=
        std::string::npos);
  CHECK(refusal(column(2, 1, bomb(1'033, (1u << 21) - 1))) == "zstd cannot read it");
  CHECK(refusal(column(2, 1, bomb(1'033, 1'032))) == "zstd cannot read it");
  // Honest about its size, but what it holds is no column: a width of 120 bits.
  CHECK(refusal(column(2, 1, bomb(1'033, 1'033))) == "a width of 120 bits is above 64");
}

TEST_CASE("values above their limit are refused at every width") {
  // All bits set in 5, 32 and 40 bits.
  CHECK(refusal(column(1, 1, miniblock(5, 0, '\xff')), 128, 30) ==
        "the value 31 is above the limit of 30");
  CHECK(refusal(column(1, 1, miniblock(32, 1, '\xff')), 128, 4'294'967'295) ==
        "the value 4,294,967,296 is above the limit of 4,294,967,295");
  CHECK(refusal(column(1, 1, miniblock(40, 0, '\xff')), 128, 1'099'511'627'774) ==
        "the value 1,099,511,627,775 is above the limit of 1,099,511,627,774");
  CHECK(refusal(column(1, 1, miniblock(0, 31)), 128, 30) ==
        "the value 31 is above the limit of 30");
  CHECK(refusal32(column(1, 1, miniblock(5, 0, '\xff')), 30) ==
        "the value 31 is above the limit of 30");
  CHECK(refusal32(column(1, 1, miniblock(32, 0, '\xff')), 30) ==
        "the value 4,294,967,295 is above the limit of 30");
  CHECK(refusal32(column(1, 1, miniblock(33, 0)), 30) == "33 bits are too wide for it");
  CHECK(refusal32(column(1, 1, miniblock(0, 31)), 30) == "the value 31 is above the limit of 30");
  CHECK(decoded(column(1, 1, miniblock(5, 0, '\xff')), 128, 31) == Values(128, 31));
}

TEST_CASE("a time that would overflow when multiplied by its unit is refused") {
  constexpr std::uint64_t kMostUs = 9'223'372'036'854'775;
  const auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  CHECK(refusal(encode_column(Values{0, kMostUs + 1}, 1'000), 2, limit) ==
        "the value 9,223,372,036,854,776 is above the limit of 9,223,372,036,854,775");
  CHECK(decoded(encode_column(Values{0, kMostUs}, 1'000), 2, limit) == Values{0, kMostUs * 1'000});
}

TEST_CASE("sums that pass their limit are refused, narrow or wide") {
  const auto sums = [](const std::string& encoded, std::int64_t limit) {
    return message_of<ColumnDamage>([&] {
      ColumnDecoder decoder;
      decoder.open(encoded, 128, 1);
      std::vector<std::int64_t> out(128);
      std::int64_t sum = 10;
      decoder.decode_sums(out.data(), 128, sum, limit);
    });
  };
  CHECK(sums(column(1, 1, miniblock(1, 0, '\xff')), 137) ==
        "the value 138 is above the limit of 137");
  CHECK(sums(column(1, 1, miniblock(1, 0, '\xff')), 138) == "(nothing was thrown)");
  CHECK(sums(column(1, 1, miniblock(64, 0, '\xff')), 1'000) ==
        "the value 18,446,744,073,709,551,615 is above the limit of 990");
  CHECK(sums(column(1, 1, miniblock(0, kMax)), 1'000) ==
        "the value 18,446,744,073,709,551,615 is above the limit of 990");
}
