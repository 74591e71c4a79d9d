#include "trace/row_sorter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "core/stop.h"

namespace skyreplay::trace {
namespace {

/// What a run in a merge reads ahead at least: less, and the disk is asked too often.
constexpr std::size_t kLeastReadBytes = 4 << 10;
/// Written and read between two looks at whether to stop.
constexpr std::size_t kPieceBytes = 1 << 20;

}  // namespace

/// Runs, one behind the other in a file without a name.
class RowSorter::SpillFile {
 public:
  struct Run {
    std::uint64_t first = 0;  ///< in items of the file
    std::uint64_t end = 0;
  };

  explicit SpillFile(const std::filesystem::path& folder) : folder_(folder) {
    std::string name = (folder / "skyreplay-sort-XXXXXX").string();
    descriptor_ = ::mkstemp(name.data());
    if (descriptor_ < 0) fail("create");
    ::unlink(name.c_str());
  }
  ~SpillFile() { ::close(descriptor_); }
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  /// Adds to the run that is being written.
  void write(const Item* items, std::size_t count) {
    const char* from = reinterpret_cast<const char*>(items);
    for (std::size_t left = count * sizeof(Item); left > 0;) {
      throw_if_stopped();
      const ssize_t wrote = ::write(descriptor_, from, std::min(left, kPieceBytes));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) fail("write");
      from += wrote;
      left -= static_cast<std::size_t>(wrote);
    }
    written_ += count;
  }
  void end_run() { runs_.push_back({runs_.empty() ? 0 : runs_.back().end, written_}); }
  void read(std::uint64_t first, Item* to, std::size_t count) const {
    char* into = reinterpret_cast<char*>(to);
    std::uint64_t at = first * sizeof(Item);
    for (std::size_t left = count * sizeof(Item); left > 0;) {
      throw_if_stopped();
      const ssize_t got =
          ::pread(descriptor_, into, std::min(left, kPieceBytes), static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail("read");
      into += got;
      at += static_cast<std::uint64_t>(got);
      left -= static_cast<std::size_t>(got);
    }
  }
  const std::vector<Run>& runs() const { return runs_; }

 private:
  [[noreturn]] void fail(std::string_view action) const {
    throw MachineError(
        fmt::format("cannot {} a file to sort in '{}': {}; TMPDIR names another "
                    "folder, --memory allows more memory",
                    action, folder_.string(), std::strerror(errno)));
  }

  std::filesystem::path folder_;
  int descriptor_ = -1;
  std::uint64_t written_ = 0;
  std::vector<Run> runs_;
};

/// The items of several runs of one file in order. Memory: `bytes`, shared evenly.
class RowSorter::Merge {
 public:
  Merge(const SpillFile& file, std::size_t first_run, std::size_t runs, std::uint64_t bytes)
      : file_(file) {
    const std::size_t each = std::max<std::size_t>(bytes / runs / sizeof(Item), 1);
    inputs_.resize(runs);
    for (std::size_t i = 0; i < runs; ++i) {
      const SpillFile::Run& run = file.runs()[first_run + i];
      inputs_[i] = {.next = run.first, .end = run.end, .most = each, .at = 0, .items = {}};
      if (refill(inputs_[i])) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), Later{inputs_});
  }

  bool next(Item& item) {
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), Later{inputs_});
    Input& input = inputs_[heap_.back()];
    item = input.items[input.at++];
    if (input.at == input.items.size() && !refill(input)) {
      heap_.pop_back();
    } else {
      std::push_heap(heap_.begin(), heap_.end(), Later{inputs_});
    }
    return true;
  }

 private:
  struct Input {
    std::uint64_t next = 0;  ///< of the run, not read yet
    std::uint64_t end = 0;
    std::size_t most = 0;  ///< items to read ahead
    std::size_t at = 0;    ///< of items
    std::vector<Item> items;
  };
  struct Later {
    const std::vector<Input>& inputs;
    bool operator()(std::size_t a, std::size_t b) const {
      return before(inputs[b].items[inputs[b].at], inputs[a].items[inputs[a].at]);
    }
  };

  bool refill(Input& input) {
    const std::size_t count = std::min<std::uint64_t>(input.most, input.end - input.next);
    input.items.resize(count);
    file_.read(input.next, input.items.data(), count);
    input.next += count;
    input.at = 0;
    return count > 0;
  }

  const SpillFile& file_;
  std::vector<Input> inputs_;
  std::vector<std::size_t> heap_;  ///< of inputs with an item left, the earliest at the front
};

RowSorter::RowSorter(std::uint64_t memory_bytes, std::filesystem::path folder)
    : memory_(std::max(memory_bytes, kLeastMemory)),
      folder_(std::move(folder)),
      capacity_(memory_ / sizeof(Item)) {
  static_assert(std::is_trivially_copyable_v<Item>, "items are spilled byte by byte");
}

RowSorter::~RowSorter() = default;

bool RowSorter::before(const Item& a, const Item& b) {
  return std::tie(a.row.arrival, a.ordinal) < std::tie(b.row.arrival, b.ordinal);
}

void RowSorter::add(const Row& row) {
  SKY_CHECK(adding_);
  if (items_.size() == capacity_) spill();
  // At once, since growing would hold the rows twice; pages that are not used cost nothing.
  if (items_.capacity() == 0) items_.reserve(capacity_);
  items_.push_back({row, rows_++});
}

void RowSorter::spill() {
  if (file_ == nullptr) file_ = std::make_unique<SpillFile>(folder_);
  std::sort(items_.begin(), items_.end(), before);
  file_->write(items_.data(), items_.size());
  file_->end_run();
  items_.clear();
  ++spilled_;
}

std::size_t RowSorter::fan_in() const {
  return std::max<std::size_t>(memory_ / kLeastReadBytes, 3) - 1;
}

void RowSorter::start_merge() {
  adding_ = false;
  if (file_ == nullptr) return std::sort(items_.begin(), items_.end(), before);
  spill();
  std::vector<Item>().swap(items_);
  while (file_->runs().size() > fan_in()) merge_pass();
  merge_ = std::make_unique<Merge>(*file_, 0, file_->runs().size(), memory_);
}

/// Merges neighboring runs into longer ones, in another file.
void RowSorter::merge_pass() {
  auto merged = std::make_unique<SpillFile>(folder_);
  const std::size_t runs = file_->runs().size();
  std::vector<Item> out;
  out.reserve(kLeastReadBytes / sizeof(Item));
  const auto flush = [&] {
    merged->write(out.data(), out.size());
    out.clear();
  };
  for (std::size_t first = 0; first < runs; first += fan_in()) {
    Merge merge(*file_, first, std::min(fan_in(), runs - first), memory_ - kLeastReadBytes);
    for (Item item; merge.next(item); out.push_back(item)) {
      if (out.size() == out.capacity()) flush();
    }
    flush();
    merged->end_run();
  }
  file_ = std::move(merged);
}

bool RowSorter::next(Row& row) {
  if (adding_) start_merge();
  if (merge_ != nullptr) {
    Item item;
    if (!merge_->next(item)) return false;
    row = item.row;
    return true;
  }
  if (taken_ == items_.size()) return false;
  row = items_[taken_++].row;
  return true;
}

}  // namespace skyreplay::trace
