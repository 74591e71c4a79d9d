#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/spill_file.h"

namespace skyreplay {

/// Puts items in order in bounded memory: an external merge sort. Items are collected, and when
/// they fill the memory they are sorted and spilled as a run; the runs are merged on reading.
/// `Before` is a strict order in which no two items are alike, so the outcome does not depend on
/// the memory.
///
/// **Cost** O(n log n) comparisons; every item goes to disk once, and once more for each further
/// merge where there are more runs than fit side by side (64 MiB: beyond 10^9 items of 64 bytes).
/// **Memory** at most what the constructor is given, but never below kLeastMemory. Errors are
/// SpillFile's.
template <typename Item, typename Before>
class ExternalSorter {
  static_assert(std::is_trivially_copyable_v<Item>, "items are spilled byte by byte");

 public:
  static constexpr std::uint64_t kLeastMemory = 16 << 10;

  /// Runs go to files in `folder`, which is not touched before memory is used up.
  ExternalSorter(std::uint64_t memory_bytes, std::filesystem::path folder, std::string advice)
      : memory_(std::max(memory_bytes, kLeastMemory)),
        folder_(std::move(folder)),
        advice_(std::move(advice)),
        capacity_(memory_ / sizeof(Item)) {}

  /// REQUIRES no next() before.
  void add(const Item& item) {
    SKY_CHECK(adding_);
    if (items_.size() == capacity_) spill();
    // At once, since growing would hold the items twice; pages that are not used cost nothing.
    if (items_.capacity() == 0) items_.reserve(capacity_);
    items_.push_back(item);
    ++added_;
  }

  /// Takes the next item in order; false at the end. The first call ends the adding.
  bool next(Item& item) {
    if (adding_) start_merge();
    if (merge_ != nullptr) return merge_->next(item);
    if (taken_ == items_.size()) return false;
    item = items_[taken_++];
    return true;
  }

  std::uint64_t added() const { return added_; }
  /// How many runs were spilled while items were added.
  std::size_t spilled_runs() const { return spilled_; }

 private:
  /// What a run in a merge reads ahead at least: less, and the disk is asked too often.
  static constexpr std::size_t kLeastReadBytes = 4 << 10;

  /// The items of several runs of one file in order. Memory: `bytes`, shared evenly.
  class Merge {
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
      std::uint64_t next = 0;  ///< byte of the run, not read yet
      std::uint64_t end = 0;
      std::size_t most = 0;  ///< items to read ahead
      std::size_t at = 0;    ///< of items
      std::vector<Item> items;
    };
    struct Later {
      const std::vector<Input>& inputs;
      bool operator()(std::size_t a, std::size_t b) const {
        return Before{}(inputs[b].items[inputs[b].at], inputs[a].items[inputs[a].at]);
      }
    };

    bool refill(Input& input) {
      const std::size_t count =
          std::min<std::uint64_t>(input.most, (input.end - input.next) / sizeof(Item));
      input.items.resize(count);
      file_.read(input.next, input.items.data(), count * sizeof(Item));
      input.next += count * sizeof(Item);
      input.at = 0;
      return count > 0;
    }

    const SpillFile& file_;
    std::vector<Input> inputs_;
    std::vector<std::size_t> heap_;  ///< of inputs with an item left, the earliest at the front
  };

  std::size_t fan_in() const { return std::max<std::size_t>(memory_ / kLeastReadBytes, 3) - 1; }

  void spill() {
    if (file_ == nullptr) file_ = std::make_unique<SpillFile>(folder_, advice_);
    std::sort(items_.begin(), items_.end(), Before{});
    file_->write(items_.data(), items_.size() * sizeof(Item));
    file_->end_run();
    items_.clear();
    ++spilled_;
  }

  void start_merge() {
    adding_ = false;
    if (file_ == nullptr) return std::sort(items_.begin(), items_.end(), Before{});
    spill();
    std::vector<Item>().swap(items_);
    while (file_->runs().size() > fan_in()) merge_pass();
    merge_ = std::make_unique<Merge>(*file_, 0, file_->runs().size(), memory_);
  }

  /// Merges neighboring runs into longer ones, in another file.
  void merge_pass() {
    auto merged = std::make_unique<SpillFile>(folder_, advice_);
    const std::size_t runs = file_->runs().size();
    std::vector<Item> out;
    out.reserve(kLeastReadBytes / sizeof(Item));
    const auto flush = [&] {
      merged->write(out.data(), out.size() * sizeof(Item));
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

  std::uint64_t memory_;
  std::filesystem::path folder_;
  std::string advice_;
  std::size_t capacity_;
  std::vector<Item> items_;  ///< at most capacity_, unsorted while items are added
  std::size_t taken_ = 0;    ///< of items_, where nothing was spilled
  std::uint64_t added_ = 0;
  std::size_t spilled_ = 0;
  bool adding_ = true;
  std::unique_ptr<SpillFile> file_;
  std::unique_ptr<Merge> merge_;
};

}  // namespace skyreplay
