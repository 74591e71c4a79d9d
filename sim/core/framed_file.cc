#include "core/framed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // after xxhash.h: from here on XXH3 uses the widest vectors there are
#endif

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/check.h"
#include "core/error.h"
#include "core/stop.h"
#include "core/text.h"

namespace skyreplay {
namespace {

constexpr std::size_t kEndBytes = 16;

template <typename Integer>
void store(char* to, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    to[i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

template <typename Integer>
Integer load(const char* from) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |=
        static_cast<Integer>(static_cast<Integer>(static_cast<unsigned char>(from[i])) << (8 * i));
  }
  return value;
}

}  // namespace

FrameWriter::FrameWriter(const std::filesystem::path& path, const FrameFormat& format)
    : file_(path), format_(format) {
  file_.write(format_.magic);
  size_ = format_.magic.size();
}

std::uint64_t FrameWriter::append(std::uint32_t kind, std::string_view payload) {
  SKY_CHECK(payload.size() <= kMaxFrameBytes);
  const std::uint64_t offset = size_;
  std::array<char, kFrameHeaderBytes> header{};
  store(header.data(), static_cast<std::uint32_t>(payload.size()));
  store(header.data() + 4, kind);
  store(header.data() + 8, std::uint64_t{XXH3_64bits(payload.data(), payload.size())});
  file_.write({header.data(), header.size()});
  file_.write(payload);
  size_ += header.size() + payload.size();
  return offset;
}

void FrameWriter::commit(std::uint32_t footer_kind, std::string_view footer) {
  const std::uint64_t offset = append(footer_kind, footer);
  std::array<char, 8> end{};
  store(end.data(), offset);
  file_.write({end.data(), end.size()});
  file_.write(format_.end);
  size_ += kEndBytes;
  file_.commit();
}

namespace {

/// What is read at a time: of a size that the caches next to a core hold.
constexpr std::size_t kPiece = 64 << 10;

}  // namespace

struct FrameReader::State {
  std::filesystem::path path;
  FrameFormat format;
  int descriptor = -1;
  std::uint64_t size = 0;
  std::uint64_t footer = 0;
  std::vector<char> payload;
  XXH3_state_t* checksum = XXH3_createState();

  ~State() {
    if (descriptor >= 0) ::close(descriptor);
    XXH3_freeState(checksum);
  }

  [[noreturn]] void refuse(std::string_view what) const {
    throw InputError(fmt::format("{}: {}", path.string(), what));
  }
  [[noreturn]] void machine(int error) const {
    throw MachineError(fmt::format("cannot read '{}': {}", path.string(), std::strerror(error)));
  }

  void open();
  void check_magic();
  void check_end();
  /// Exactly `length` bytes at `offset`, which the caller has checked against the size.
  void read(std::uint64_t offset, char* to, std::size_t length) const;
  /// The same into `payload`; returns its checksum, taken of each piece while it is in cache.
  std::uint64_t read_payload(std::uint64_t offset, std::size_t length);
};

void FrameReader::State::open() {
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) machine(errno);
  struct ::stat status{};
  if (::fstat(descriptor, &status) != 0) machine(errno);
  if (S_ISDIR(status.st_mode)) machine(EISDIR);
  if (!S_ISREG(status.st_mode)) {
    refuse(fmt::format("not a regular file; a {} is read from its end", format.noun));
  }
  size = static_cast<std::uint64_t>(status.st_size);
}

void FrameReader::State::check_magic() {
  if (size == 0) refuse(fmt::format("the file is empty, expected a {}", format.noun));
  std::string magic(static_cast<std::size_t>(std::min<std::uint64_t>(size, format.magic.size())),
                    0);
  read(0, magic.data(), magic.size());
  if (format.magic.substr(0, magic.size()) != magic) {
    refuse(fmt::format("not a {}: byte 0 does not begin the mark '{}'", format.noun,
                       format.magic.substr(0, format.magic.find('\n'))));
  }
}

void FrameReader::State::check_end() {
  const std::uint64_t least = format.magic.size() + kFrameHeaderBytes + kEndBytes;
  std::array<char, kEndBytes> end{};
  if (size >= least) read(size - kEndBytes, end.data(), end.size());
  if (size < least || std::string_view(end.data() + 8, 8) != format.end) {
    refuse(fmt::format("truncated {}: the end mark '{}' is missing at byte {}", format.noun,
                       format.end, grouped(size)));
  }
  footer = load<std::uint64_t>(end.data());
  if (footer < format.magic.size() || footer > size - kEndBytes - kFrameHeaderBytes) {
    refuse(fmt::format("damaged end mark at byte {}: it says the footer is at byte {} of {}",
                       grouped(size - kEndBytes), grouped(footer), grouped(size)));
  }
}

void FrameReader::State::read(std::uint64_t offset, char* to, std::size_t length) const {
  while (length > 0) {
    const ssize_t got = ::pread(descriptor, to, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) machine(errno);
    if (got == 0) refuse(fmt::format("the file became shorter at byte {}", grouped(offset)));
    to += got;
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::size_t>(got);
  }
}

std::uint64_t FrameReader::State::read_payload(std::uint64_t offset, std::size_t length) {
  // Grows only: the size of a vector decides what is initialized, and frames are read in thousands.
  if (payload.size() < length) payload.resize(length);
  XXH3_64bits_reset(checksum);
  for (std::size_t at = 0; at < length; at += kPiece) {
    const std::size_t piece = std::min(kPiece, length - at);
    read(offset + at, payload.data() + at, piece);
    XXH3_64bits_update(checksum, payload.data() + at, piece);
  }
  return XXH3_64bits_digest(checksum);
}

FrameReader::FrameReader(const std::filesystem::path& path, const FrameFormat& format)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->format = format;
  state_->open();
  state_->check_magic();
  state_->check_end();
}

FrameReader::~FrameReader() = default;
FrameReader::FrameReader(FrameReader&&) noexcept = default;

std::uint64_t FrameReader::footer_offset() const { return state_->footer; }
std::uint64_t FrameReader::first_offset() const { return state_->format.magic.size(); }
std::uint64_t FrameReader::file_size() const { return state_->size; }
const std::filesystem::path& FrameReader::path() const { return state_->path; }

FrameReader::Frame FrameReader::read(std::uint64_t offset) {
  throw_if_stopped();
  State& state = *state_;
  const std::uint64_t end = state.size - kEndBytes;
  if (offset < first_offset() || offset > end || end - offset < kFrameHeaderBytes) {
    refuse(offset,
           fmt::format("no frame can begin here in a file of {} bytes", grouped(state.size)));
  }
  std::array<char, kFrameHeaderBytes> header{};
  state.read(offset, header.data(), header.size());
  const auto length = load<std::uint32_t>(header.data());
  const std::uint64_t rest = end - offset - kFrameHeaderBytes;
  if (length > kMaxFrameBytes) {
    refuse(offset, fmt::format("its length of {} bytes is above the limit of {}", grouped(length),
                               grouped(kMaxFrameBytes)));
  }
  if (length > rest) {
    refuse(offset, fmt::format("its length of {} bytes is above the {} left in the file",
                               grouped(length), grouped(rest)));
  }
  if (state.read_payload(offset + kFrameHeaderBytes, length) !=
      load<std::uint64_t>(header.data() + 8)) {
    refuse(offset, "checksum does not match");
  }
  return {.kind = load<std::uint32_t>(header.data() + 4),
          .offset = offset,
          .next_offset = offset + kFrameHeaderBytes + length,
          .payload = {state.payload.data(), length}};
}

void FrameReader::refuse(std::uint64_t offset, std::string_view what) const {
  state_->refuse(fmt::format("damaged block at byte {}: {}", grouped(offset), what));
}

}  // namespace skyreplay
