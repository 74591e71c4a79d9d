#pragma once

// Lambda functions (docs/models.md, L1 to L100).

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference/model/front.h"
#include "reference/model/provisioned_scaling.h"
#include "reference/model/world.h"

namespace skyreplay::reference {

struct Environment {
  std::uint64_t ordinal = 0;
  std::uint32_t memory = 0;
  Time created{}, freed{}, billed_from{}, invoked{};
  std::uint64_t resets = 0;
  std::uint64_t lives = 0;  ///< how many lifetimes were drawn
  Time dies{};              ///< when the last of them ends
  bool needs_init = false;
  bool busy = true;
  bool ended = false;
  bool outdated = false;  ///< its function was updated since, or provisions fewer
  bool provisioned = false;
};

/// One environment that was provisioned for a time (L93).
struct Slot {
  Time since{};
  std::uint32_t memory = 0;
  std::optional<Time> until{};
};

class FunctionService final : public Station {
 public:
  FunctionService(World& world, std::size_t service);

  // --- Invocations

  Admission admit(Attempt& attempt) override;
  Admission admit_event(Attempt& attempt) override;  // L48
  Admission admit_batch(Attempt& attempt) override;
  void resume(Attempt& attempt, bool failed) override;
  void change(const Change& change) override;

  // --- What is measured, and billed

  bool always_has_a_row() const override;
  void fill(WindowRow& row, Time end) override;
  void finish(Time end) override;
  Meters meters(const std::vector<Time>& ends) const override;

 private:
  using Metered = std::vector<std::pair<Time, std::uint64_t>>;

  /// One Invoke, from its admission on.
  struct Running {
    Attempt* attempt;
    Environment* environment;
    Time deadline;         ///< of the Invoke
    bool in_time = false;  ///< known to end by the deadline
    bool over = false;
  };

  struct Invoked {
    Time ended{}, duration{};
    bool failed = false;
  };

  // --- Admission

  Admission admit_behind_front(Attempt& attempt);
  Admission admit_within_rates(Attempt& attempt);
  Admission throttle(const std::string& reason);
  Admission turn_away(const std::string& reason);
  TokenBucket& scaling();

  /// Which of them, in the order they were freed, takes the next request (L15).
  Environment* next_of(const std::vector<std::size_t>& idle);

  // Loops (L67)
  bool is_in_loop() const;
  int times_in_chain(const Attempt& attempt) const;
  int longest() const { return world_.broken(Mutation::kLoopsOfSeventeen) ? 17 : 16; }

  // --- Invocations

  /// False where its environment never comes up (L5).
  bool start_new(Environment& environment, Attempt& attempt);
  void start_cold(Environment& environment, Attempt& attempt);
  void start_warm(Environment& environment, Attempt& attempt);

  /// The Invoke begins at `at`, with an Init of `init_inside` in it, and one before it that is
  /// billed.
  void invoke(Environment& environment, Attempt& attempt, Time at, Time init_inside,
              Time init_billed);
  Running* running_of(const Attempt& attempt);
  void complete(Running& running, Outcome outcome);
  bool is_crash(const Attempt& attempt) const;  // L7

  /// Events come by no front.
  static bool is_fed(const Attempt& attempt);

  // --- function_measure.cc

  /// As CloudWatch counts it.
  void fill_function(WindowRow& row, Time end) const;
  void note_use_of_account();
  std::uint64_t& on_provisioned() { return world_.lambda.on_provisioned[service_]; }
  std::uint64_t& in_flight() { return world_.lambda.in_flight[service_]; }

  // --- function_provisioned.cc

  /// From now on there are to be as many as are configured now.
  void provision();
  void allocate_provisioned();
  void add_provisioned();
  void take_out_provisioned();

  /// Of what is ready, and was not taken out, how many serve.
  void note_use();

  // --- function_money.cc

  void bill(Time at, Time length, const Environment& environment);
  void bill_duration(Metered& to, Time at, Time length, std::uint32_t mib);
  std::uint64_t of_plan(std::uint64_t units) const;
  std::uint64_t configured(Time at) const;
  void publish();
  std::uint64_t cached(Time at) const;

  // --- function_idle.cc

  void free(Environment& environment);
  void draw_lifetime(Environment& environment);
  void end_environment(Environment& environment);

  /// Ends what has been idle too long or is too old by `now`, each at its own instant (L11, L14a).
  void expire(Time now);

  TokenBucket scaling_, reserved_rate_;
  Front front_;
  std::vector<Slot> versions_;
  std::vector<std::pair<Time, std::uint32_t>> restored_;
  std::deque<Environment> environments_;  // by ordinal
  std::vector<std::size_t> idle_;         // in the order they were freed
  std::vector<std::size_t> ready_;        // of what is provisioned, in that order too
  std::vector<UseStep> use_;
  std::vector<Time> began_provisioned_;  // requests
  std::unique_ptr<ProvisionedScaling> provisioned_scaling_;
  std::uint32_t configured_ = 0;   // as last prepared
  std::uint32_t provisioned_ = 0;  // how many there are, but those that are taken out
  std::uint64_t allocation_ = 0;   // the number of the one that is planned
  std::vector<Slot> slots_;
  TokenBucket provisioned_rate_;
  std::deque<Running> running_;
  Time quiet_since_{};
  std::vector<Time> requests_, throttled_, stopped_;
  std::vector<Invoked> ended_;
  std::vector<ConcurrencyStep> own_steps_;
  Metered mib_ms_, provisioned_mib_ms_, storage_, bytes_out_;
};

}  // namespace skyreplay::reference
