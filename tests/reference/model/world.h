#pragma once

// One run of the reference: who is in flight, and what every kind of service has in common.

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "reference/model/calendar.h"
#include "reference/model/draws.h"
#include "reference/model/fargate_launches.h"
#include "reference/model/journal.h"
#include "reference/model/lambda_limits.h"
#include "reference/model/mutation.h"
#include "reference/model/queue_state.h"

namespace skyreplay::reference {

struct Attempt;

/// A client's request, over all of its attempts.
struct Request {
  std::uint64_t row = 0;
  std::size_t route = 0;
  Time arrival{}, work{}, wait{};
  std::uint64_t bytes_in = 0, bytes_out = 0;
  bool counted = true;
  std::uint64_t attempts = 0;
  // Of an event.
  std::uint64_t throttles = 0;  ///< since it last ran
  std::uint64_t failures = 0;
  Time held{};  ///< waited for concurrency
  // Of a message.
  Time visible_since{};
  std::uint64_t receives = 0;
  Outcome last = Outcome::kThrottle;  ///< of its attempts so far
  // Of one that a fleet's workers take.
  bool is_there = false, is_visible = false, is_at_work = false;
  Attempt* attempt = nullptr;  ///< its last
  std::optional<Time> hidden_until{};
  std::uint64_t received = 0;               ///< its place among all that was received
  std::optional<Time> gone{}, set_aside{};  ///< when; received for the third time
};

/// One attempt of a request, or one call between services. Never forgotten.
struct Attempt {
  enum class Awaited { kByClient, kByNobody, kByService, kByQueue, kByReader, kByLane, kByWorker };

  Request* request = nullptr;  ///< none of a call
  std::size_t service = 0, flow = 0;
  std::uint64_t row = 0, number = 1, path = 0;
  std::map<std::size_t, int> chain{};  ///< how often each function was invoked in its chain (L67)
  Time start{}, work{}, wait{};
  Time queue{}, init{}, downstream{};
  std::uint64_t bytes_in = 0, bytes_out = 0;
  bool counted = true;
  std::uint64_t receive = 0;  ///< of a worker: the so manieth of its request
  std::size_t member = 0;     ///< whose worker that is
  Awaited awaited = Awaited::kByClient;
  bool over = false;               ///< answered
  std::uint64_t check = 0;         ///< a health check, by its number; 0: a request
  std::optional<Time> deadline{};  ///< its client's
  Attempt* caller = nullptr;       ///< of a synchronous call

  // While it makes calls: which it is at.
  bool calling = false;
  std::size_t call = 0;
  std::uint64_t call_number = 0;
  Time calling_since{};
};

enum class Admission { kAccepted, kThrottled, kRefused };

class Station;

/// The bill's line items of one service as they stand at an instant, in the order of the bill.
using Meters = std::vector<std::pair<std::string, std::uint64_t>>;

class World {
 public:
  World(const Scenario& scenario, Mutation mutation);
  ~World();

  bool broken(Mutation mutation) const { return mutation_ == mutation; }
  Time now() const { return calendar.now; }
  Bits bits(const std::string& entity, const std::string& purpose, std::uint64_t first,
            std::uint64_t second = 0, std::uint64_t third = 0) const {
    return {scenario.seed, entity, purpose, first, second, third};
  }
  bool makes_calls(std::size_t service) const;
  /// The services' entity of draws.
  std::string entity(std::size_t service) const {
    const Service& named = scenario.services[service];
    return (named.fleet.is_cluster ? "clusters." : "services.") + named.name;
  }
  bool has_bytes() const;

  // Clients.
  void arrive(std::uint64_t row);
  /// The service is done with an attempt.
  void answer(Attempt& attempt, Outcome outcome);
  /// Whoever waits for it hears this, though the service works on.
  void give_up(Attempt& attempt, Outcome outcome);
  // Calls.
  void begin_calls(Attempt& caller);
  /// Whether Lambda follows a chain through the call that may come back to its caller (L67).
  bool comes_back(const Call& call) const;

  void make_change(const Change& change);
  // Faults, by their number in the scenario.
  void begin_fault(std::size_t fault);
  void end_fault(std::size_t fault);
  void operate(std::size_t operation);
  /// What the faults that last multiply that service's times by.
  double factor(Fault::Kind kind, std::size_t service) const;
  bool is_closed(Fault::Kind kind, std::size_t service, std::uint32_t zone) const;
  /// To SQS, for what feeds a function, before `until`.
  std::uint64_t queue_requests(std::size_t service, Time until);
  bool pays_queue_requests(std::size_t service) const;
  /// Whether some route brings messages to it.
  bool is_fed_by_queue(std::size_t service) const;
  /// Attempts that are not over, those of clients that have left among them.
  bool is_busy() const;

  // What a fleet's workers do with messages.
  Attempt& new_attempt(Request& request);
  void end_event(Attempt& attempt, Outcome outcome);

  Scenario scenario;  ///< as it is now: changes change it
  const std::vector<Row>& rows;
  Calendar calendar;
  Journal journal;
  LambdaAccount lambda;
  FargateLaunches fargate, fargate_spot;
  std::deque<Request> requests;
  std::deque<Attempt> attempts;
  std::vector<QueueState> queues;  ///< by service
  std::map<LaneId, Lane> lanes;
  std::vector<bool> failing;                       ///< by fault: it lasts
  std::vector<std::unique_ptr<Station>> stations;  ///< by service

 private:
  // Events (events.cc).
  bool is_event(const Request& request) const;
  void take_event(Request& request);
  void invoke(Request& request);
  void answer_event(Attempt& attempt, Outcome outcome);
  void put_back(Attempt& attempt, Time pause, Outcome outcome);
  void drop(Attempt& attempt, Outcome outcome);

  // Messages (messages.cc).
  const Function& reader(std::size_t service) const;
  bool is_message(const Request& request) const;
  QueueState& queue_of(std::size_t service) { return queues[service]; }
  void start_reader(std::size_t service);
  void take_message(Request& request);
  void become_visible(Request& request);
  void leave_queue(Request& request);
  bool is_too_old(const Request& request) const;
  bool batch_is_ready(std::size_t service);
  void poll(std::size_t service);
  void scale_reader(std::size_t service);
  void receive(std::size_t service);
  void invoke_batch(Batch& batch);
  void lapse(Batch& batch);
  void answer_batch(Attempt& invocation, Outcome outcome);
  void come_back(Request& message);
  bool is_full(const QueueState& queue) const;
  void drop_message(Request& message, bool kept);
  void left_queue(std::size_t service);

  // Records (records.cc).
  bool is_record(const Request& request) const;
  void take_record(Request& request);
  Time read_at(const Request& request) const;
  void go_on_reading(LaneId id);
  void invoke_part(LaneId id);
  void answer_part(Attempt& invocation, Outcome outcome);
  void fail_part(LaneId id, Outcome outcome);
  void end_of_part(LaneId id);
  void give_up_record(std::size_t service);

  void tell_of(const Fault& fault);
  void attempt(Request& request);
  void retry_later(Request& request);
  bool may_retry(const Request& request, Outcome outcome) const;
  Time backoff(const Request& request) const;
  void time_out();
  void tell(Attempt& attempt, Attempt::Awaited who, Outcome outcome);
  void end(const Attempt& attempt, Outcome outcome, std::uint64_t attempts, Time arrival);
  void answer_call(Attempt& call, Outcome outcome);
  void go_on_calling(Attempt& caller);
  bool is_followed(const Call& call) const;
  Attempt& make_call(const Call& call, std::size_t index, Attempt& caller, std::uint64_t path);
  void resume(Attempt& caller, bool failed);

  Mutation mutation_;
};

/// A service: takes attempts, and answers those it accepted later, each once.
class Station {
 public:
  Station(World& world, std::size_t service) : world_(world), service_(service) {}
  virtual ~Station() = default;

  virtual Admission admit(Attempt& attempt) = 0;
  /// An event's: of functions alone.
  virtual Admission admit_event(Attempt& attempt) { return admit(attempt); }
  virtual Admission admit_batch(Attempt& attempt) { return admit(attempt); }
  /// Whether its workers take messages from a queue; one that is sent to it; a worker is done.
  virtual bool has_queue() const { return false; }
  virtual void take_message(Request&) {}
  virtual void worked(Attempt&, Outcome) {}
  /// The calls of an attempt are over.
  virtual void resume(Attempt& attempt, bool failed) = 0;
  /// The service's configuration in the scenario has changed.
  virtual void change(const Change&) {}
  /// So many members are gone at once.
  virtual void kill(std::uint32_t) {}
  /// Such a share of the Spot Instances gets the notice.
  virtual void interrupt_spot(double) {}
  virtual void operate(const Operation&) {}
  /// A zone's loss begins or ends somewhere.
  virtual void zones_change() {}
  /// The run ends at `end`.
  virtual void finish(Time) {}
  /// What was metered before `at`, the end of a window; `ends` are the ends of all windows so
  /// far.
  virtual Meters meters(const std::vector<Time>& ends) const = 0;
  /// Fills in of a row what only the service knows; called once for each, in order.
  virtual void fill(WindowRow&, Time) {}
  virtual bool always_has_a_row() const { return false; }
  /// Requests inside or queued, integrated: for the verdict.
  virtual Wide outstanding(Time, Time) const { return 0; }

 protected:
  const Service& config() const { return world_.scenario.services[service_]; }

  World& world_;
  std::size_t service_;
};

std::unique_ptr<Station> make_function(World& world, std::size_t service);
std::unique_ptr<Station> make_fleet(World& world, std::size_t service);
std::unique_ptr<Station> make_external(World& world, std::size_t service);
std::unique_ptr<Station> make_job(World& world, std::size_t service);

/// How long an event or a batch pauses after so many throttles in a row.
Time after_throttle(std::uint64_t throttles);

/// Work or time x factor to the nearest nanosecond, halves up. Times 1 it is itself.
inline Time scaled(Time time, double factor) {
  return Time{static_cast<std::int64_t>(static_cast<double>(time.count()) * factor + 0.5)};
}

}  // namespace skyreplay::reference
