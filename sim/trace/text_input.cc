#include "trace/text_input.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/error.h"
#include "core/stop.h"

namespace skyreplay::trace {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
/// windowBits of inflateInit2 for a gzip header and trailer.
constexpr int kGzipWindow = 15 + 16;

}  // namespace

struct TextInput::State {
  std::string name;
  std::FILE* file = nullptr;
  std::array<char, kBufferBytes> raw{};
  std::size_t raw_begin = 0;
  std::size_t raw_end = 0;
  std::uint64_t raw_offset = 0;  ///< of raw_end in the file
  bool started = false;
  bool gzip = false;
  bool member_open = false;  ///< between a gzip member's header and its trailer
  z_stream inflater{};
  std::string ahead;  ///< peeked, not yet read
  std::size_t ahead_begin = 0;

  ~State() {
    if (gzip) inflateEnd(&inflater);
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

  bool at_gzip_magic() {
    if (raw_left() < 2) fill(2);
    return raw_left() >= 2 && raw[raw_begin] == '\x1f' && raw[raw_begin + 1] == '\x8b';
  }

  [[noreturn]] void damaged(const char* what) const {
    throw InputError(fmt::format("{}: {} at byte {} of the compressed file", name, what,
                                 raw_offset - raw_left()));
  }

  void start() {
    started = true;
    gzip = at_gzip_magic();
    if (!gzip) return;
    if (inflateInit2(&inflater, kGzipWindow) != Z_OK) {
      throw MachineError(fmt::format("{}: out of memory for decompression", name));
    }
    member_open = true;
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
    if (raw_left() == 0) fill(1);
    if (raw_left() == 0) return false;
    if (!at_gzip_magic()) damaged("bytes that are not gzip follow the gzip data");
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

  std::size_t read_decoded(char* to, std::size_t capacity) {
    if (!started) start();
    return gzip ? read_gzip(to, capacity) : read_plain(to, capacity);
  }
};

TextInput::TextInput(const std::string& path) : state_(std::make_unique<State>()) {
  state_->name = path == "-" ? "<stdin>" : path;
  state_->file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (state_->file == nullptr) {
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
