#include "trace/text_input.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/stop.h"

namespace skyreplay::trace {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::size_t kMagicBytes = 4;
/// windowBits of inflateInit2 for a gzip header and trailer.
constexpr int kGzipWindow = 15 + 16;
/// 128 MiB, which `zstd` goes beyond only with --long=28 and more.
constexpr int kZstdWindowLog = 27;
/// The most that the header of a frame takes.
constexpr std::size_t kZstdHeaderBytes = 18;

enum class Coding : std::uint8_t { kPlain, kGzip, kZstd };

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// A frame of data, or one to be skipped, whose first byte ends in 0x50 to 0x5f.
bool is_zstd(std::string_view bytes) {
  return bytes.starts_with("\x28\xb5\x2f\xfd") ||
         (bytes.size() >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes.substr(1, 3) == "\x2a\x4d\x18");
}

}  // namespace

struct TextInput::State {
  std::string path;
  std::string name;
  std::FILE* file = nullptr;
  std::vector<char> raw;  ///< empty until the file is opened
  std::size_t raw_begin = 0;
  std::size_t raw_end = 0;
  std::uint64_t raw_offset = 0;  ///< of raw_end in the file
  bool started = false;
  Coding coding = Coding::kPlain;
  bool member_open = false;  ///< between a gzip member's or zstd frame's header and its end
  z_stream inflater{};
  ZSTD_DCtx* zstd = nullptr;
  std::size_t zstd_wants = kZstdHeaderBytes;  ///< bytes up to the end of the block in hand
  std::string ahead;                          ///< peeked, not yet read
  std::size_t ahead_begin = 0;

  ~State() {
    if (coding == Coding::kGzip) inflateEnd(&inflater);
    ZSTD_freeDCtx(zstd);
    if (file != nullptr && file != stdin) std::fclose(file);
  }

  std::size_t raw_left() const { return raw_end - raw_begin; }

  /// Reads until at least `wanted` raw bytes are at hand or the file ends.
  void fill(std::size_t wanted) {
    std::memmove(raw.data(), raw.data() + raw_begin, raw_left());
    raw_end -= raw_begin;
    raw_begin = 0;
    throw_if_stopped();
    while (raw_end < wanted) {
      const std::size_t got = std::fread(raw.data() + raw_end, 1, raw.size() - raw_end, file);
      if (got == 0) {
        if (std::ferror(file) != 0) {
          throw_if_stopped();
          throw MachineError(fmt::format("{}: cannot read: {}", name, std::strerror(errno)));
        }
        return;
      }
      raw_end += got;
      raw_offset += got;
    }
  }

  std::string_view at_hand() const { return {raw.data() + raw_begin, raw_left()}; }

  [[noreturn]] void damaged(std::string_view what) const {
    throw InputError(fmt::format("{}: {} at byte {} of the compressed file", name, what,
                                 raw_offset - raw_left()));
  }
  [[noreturn]] void out_of_memory() const {
    throw MachineError(fmt::format("{}: out of memory for decompression", name));
  }

  void start() {
    started = true;
    open();
    fill(kMagicBytes);
    if (is_gzip(at_hand())) {
      if (inflateInit2(&inflater, kGzipWindow) != Z_OK) out_of_memory();
      coding = Coding::kGzip;
      member_open = true;
    } else if (is_zstd(at_hand())) {
      zstd = ZSTD_createDCtx();
      if (zstd == nullptr) out_of_memory();
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, kZstdWindowLog);
      coding = Coding::kZstd;
    }
  }

  void open() {
    file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
      throw MachineError(fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
    }
    raw.resize(kBufferBytes);
  }

  std::size_t read_plain(char* to, std::size_t capacity) {
    if (raw_left() == 0) fill(1);
    const std::size_t count = std::min(capacity, raw_left());
    std::memcpy(to, raw.data() + raw_begin, count);
    raw_begin += count;
    return count;
  }

  /// Begins the next member; false at the end of the file.
  bool next_member() {
    if (raw_left() < kMagicBytes) fill(kMagicBytes);
    if (raw_left() == 0) return false;
    if (!is_gzip(at_hand())) damaged("bytes that are not gzip follow the gzip data");
    inflateReset(&inflater);
    member_open = true;
    return true;
  }

  std::size_t read_gzip(char* to, std::size_t capacity) {
    inflater.next_out = reinterpret_cast<Bytef*>(to);
    inflater.avail_out = static_cast<uInt>(std::min(capacity, kBufferBytes));
    const uInt wanted = inflater.avail_out;
    while (inflater.avail_out == wanted) {
      if (!member_open && !next_member()) return 0;
      if (raw_left() == 0) fill(1);
      if (raw_left() == 0) damaged("gzip data cut short: the file ends");
      inflater.next_in = reinterpret_cast<Bytef*>(raw.data() + raw_begin);
      inflater.avail_in = static_cast<uInt>(raw_left());
      const int status = inflate(&inflater, Z_NO_FLUSH);
      raw_begin = raw_end - inflater.avail_in;
      if (status == Z_STREAM_END) {
        member_open = false;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        damaged("damaged gzip data");
      }
    }
    return wanted - inflater.avail_out;
  }

  /// The decoder is fed block by block, so that the byte a message names is where a block begins.
  std::size_t read_zstd(char* to, std::size_t capacity) {
    ZSTD_outBuffer out{to, capacity, 0};
    while (out.pos == 0) {
      if (raw_left() == 0) fill(1);
      if (raw_left() == 0 && !member_open) return 0;
      const bool ended = raw_left() == 0;
      ZSTD_inBuffer in{raw.data() + raw_begin, std::min(raw_left(), zstd_wants), 0};
      const std::size_t status = ZSTD_decompressStream(zstd, &out, &in);
      if (ZSTD_isError(status) != 0) {
        damaged(fmt::format("damaged zstd data ({})", ZSTD_getErrorName(status)));
      }
      raw_begin += in.pos;
      member_open = status != 0;
      zstd_wants = member_open ? status : kZstdHeaderBytes;
      if (ended && out.pos == 0 && member_open) damaged("zstd data cut short: the file ends");
    }
    return out.pos;
  }

  std::size_t read_decoded(char* to, std::size_t capacity) {
    if (!started) start();
    switch (coding) {
      case Coding::kGzip:
        return read_gzip(to, capacity);
      case Coding::kZstd:
        return read_zstd(to, capacity);
      case Coding::kPlain:
        break;
    }
    return read_plain(to, capacity);
  }
};

TextInput::TextInput(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->name = path == "-" ? "<stdin>" : path;
  // Not opened yet: what comes through a pipe can be opened only once.
  if (path != "-" && ::access(path.c_str(), R_OK) != 0) {
    throw MachineError(fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
  }
}

TextInput::~TextInput() = default;
TextInput::TextInput(TextInput&&) noexcept = default;
TextInput& TextInput::operator=(TextInput&&) noexcept = default;

std::size_t TextInput::read(char* to, std::size_t capacity) {
  State& s = *state_;
  const std::size_t peeked = s.ahead.size() - s.ahead_begin;
  if (peeked == 0) return s.read_decoded(to, capacity);
  const std::size_t count = std::min(capacity, peeked);
  std::memcpy(to, s.ahead.data() + s.ahead_begin, count);
  s.ahead_begin += count;
  return count;
}

std::string_view TextInput::peek() {
  State& s = *state_;
  s.ahead.erase(0, s.ahead_begin);
  s.ahead_begin = 0;
  while (s.ahead.size() < kBufferBytes) {
    std::array<char, 4096> piece;
    const std::size_t room = std::min(piece.size(), kBufferBytes - s.ahead.size());
    const std::size_t got = s.read_decoded(piece.data(), room);
    if (got == 0) break;
    s.ahead.append(piece.data(), got);
  }
  return s.ahead;
}

const std::string& TextInput::name() const { return state_->name; }

}  // namespace skyreplay::trace
