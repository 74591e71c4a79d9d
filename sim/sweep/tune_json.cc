#include "core/atomic_file.h"
#include "report/json_writer.h"
#include "sweep/facts_json.h"
#include "sweep/tuning.h"

namespace skyreplay::sweep {
namespace {

class Document {
 public:
  Document(AtomicFile& file, const Tuning& tuning) : json_(file), found_(tuning) {}

  void write() {
    json_.begin_object();
    string("scenario", found_.scenario);
    string("over", found_.over);
    json_.key("answer");
    found_.answer ? json_.integer(*found_.answer) : json_.null();
    json_.key("settings");
    found_.answer ? strings(found_.probe(*found_.answer)->settings) : json_.null();
    integer("min", found_.min);
    integer("max", found_.max);
    string("trace_digest", found_.trace.digest);
    integer("seed", found_.seed);
    json_.key("requirements");
    json_.begin_array();
    for (const check::Requirement& requirement : found_.requirements) {
      json_.string(requirement.text);
    }
    json_.end_array();
    json_.key("probes");
    json_.begin_array();
    for (const Probe& one : found_.probes) probe(one);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void integer(const char* name, std::uint64_t value) {
    json_.key(name);
    json_.integer(value);
  }
  void string(const char* name, std::string_view value) {
    json_.key(name);
    json_.string(value);
  }
  void strings(const std::vector<std::string>& texts) {
    json_.begin_array();
    for (const std::string& text : texts) json_.string(text);
    json_.end_array();
  }

  void probe(const Probe& probe) {
    json_.begin_object();
    integer("value", probe.value);
    json_.key("settings");
    strings(probe.settings);
    string("digest", probe.run.digest);
    string("verdict", replay::to_string(probe.run.verdict));
    json_.key("meets");
    json_.boolean(probe.run.meets());
    json_.key("cost_usd");
    json_.usd(probe.run.cost);
    json_.key("monthly_usd");
    probe.run.monthly ? json_.usd(*probe.run.monthly) : json_.null();
    json_.key("measured");
    write_measured(json_, found_.requirements, probe.run.measured);
    json_.end_object();
  }

  report::JsonWriter json_;
  const Tuning& found_;
};

}  // namespace

void write_tune_json(const std::filesystem::path& path, const Tuning& tuning) {
  AtomicFile file(path);
  Document(file, tuning).write();
  file.commit();
}

}  // namespace skyreplay::sweep
