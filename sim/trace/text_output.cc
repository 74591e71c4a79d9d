#include "trace/text_output.h"

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <string>

#include "core/atomic_file.h"
#include "core/check.h"
#include "core/error.h"

namespace skyreplay::trace {
namespace {

constexpr std::size_t kChunk = 64 << 10;
/// windowBits of deflateInit2 for a gzip header and trailer; the header has no name and no time.
constexpr int kGzipWindow = 15 + 16;
constexpr int kGzipMemory = 8;
constexpr int kZstdLevel = 3;

[[noreturn]] void out_of_memory(const AtomicFile& file) {
  throw MachineError(file.path().string() + ": out of memory for compression");
}

}  // namespace

class TextOutput::Coder {
 public:
  explicit Coder(AtomicFile& file) : file_(file) {}
  virtual ~Coder() = default;
  Coder(const Coder&) = delete;
  Coder& operator=(const Coder&) = delete;
  /// `is_end`: nothing follows.
  virtual void write(std::string_view text, bool is_end) = 0;

 protected:
  AtomicFile& file_;
  std::array<char, kChunk> coded_{};
};

class TextOutput::Plain final : public Coder {
 public:
  using Coder::Coder;
  void write(std::string_view text, bool) override { file_.write(text); }
};

class TextOutput::Gzip final : public Coder {
 public:
  explicit Gzip(AtomicFile& file) : Coder(file) {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kGzipMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      out_of_memory(file);
    }
  }
  ~Gzip() override { deflateEnd(&stream_); }

  void write(std::string_view text, bool is_end) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    int status = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(coded_.data());
      stream_.avail_out = static_cast<uInt>(coded_.size());
      status = deflate(&stream_, is_end ? Z_FINISH : Z_NO_FLUSH);
      SKY_CHECK(status != Z_STREAM_ERROR);
      file_.write({coded_.data(), coded_.size() - stream_.avail_out});
    } while (stream_.avail_out == 0 || (is_end && status != Z_STREAM_END));
  }

 private:
  z_stream stream_{};
};

class TextOutput::Zstd final : public Coder {
 public:
  explicit Zstd(AtomicFile& file) : Coder(file), context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) out_of_memory(file);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~Zstd() override { ZSTD_freeCCtx(context_); }

  void write(std::string_view text, bool is_end) override {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{coded_.data(), coded_.size(), 0};
      left = ZSTD_compressStream2(context_, &out, &in, is_end ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0) out_of_memory(file_);
      file_.write({coded_.data(), out.pos});
    } while (is_end ? left > 0 : in.pos < in.size);
  }

 private:
  ZSTD_CCtx* context_;
};

struct TextOutput::State {
  explicit State(const std::filesystem::path& path) : file(path) {
    const std::string end = path.extension().string();
    if (end == ".gz") {
      coder = std::make_unique<Gzip>(file);
    } else if (end == ".zst") {
      coder = std::make_unique<Zstd>(file);
    } else {
      coder = std::make_unique<Plain>(file);
    }
    text.reserve(kChunk);
  }

  AtomicFile file;
  std::unique_ptr<Coder> coder;
  std::string text;  ///< not handed to the coder yet
};

TextOutput::TextOutput(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}

TextOutput::~TextOutput() = default;

void TextOutput::write(std::string_view text) {
  state_->text += text;
  if (state_->text.size() < kChunk) return;
  state_->coder->write(state_->text, false);
  state_->text.clear();
}

void TextOutput::commit() {
  state_->coder->write(state_->text, true);
  state_->text.clear();
  state_->file.commit();
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view end : {".gz", ".zst"}) {
    if (name.ends_with(end)) return name.substr(0, name.size() - end.size());
  }
  return name;
}

}  // namespace skyreplay::trace
