#include "sweep/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>

#include "core/error.h"
#include "sweep/store_schema.h"

namespace skyreplay::sweep {
namespace {

using SQLite::Statement;
using SQLite::Transaction;

/// How long a process waits for another's transaction.
constexpr int kBusyMs = 60'000;

[[noreturn]] void refuse(const std::filesystem::path& path, const SQLite::Exception& error) {
  if (error.getErrorCode() == SQLITE_NOTADB || error.getErrorCode() == SQLITE_CORRUPT) {
    throw InputError({path.string()}, fmt::format("is no store of a sweep: {}", error.what()));
  }
  throw MachineError(fmt::format("{}: {}", path.string(), error.what()));
}

std::int64_t pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(fmt::format("PRAGMA {}", name)).getInt64();
}

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ","));
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

replay::Verdict verdict_of(const std::string& text) {
  for (const auto verdict : {replay::Verdict::kBacklogged, replay::Verdict::kOverloaded}) {
    if (text == replay::to_string(verdict)) return verdict;
  }
  return replay::Verdict::kStable;
}

void bind_number(Statement& statement, int at, const std::optional<std::int64_t>& value) {
  value ? statement.bind(at, *value) : statement.bind(at);
}

/// The sweep's own keys of `meta`, each with its field.
std::vector<std::pair<std::string, std::string>> meta_of(const StoredSweep& sweep) {
  return {{"sweep", sweep.name},
          {"engine", sweep.engine},
          {"trace", sweep.trace_digest},
          {"span_ns", std::to_string(sweep.span_ns)},
          {"design", sweep.design},
          {"indices", std::to_string(sweep.indices)},
          {"replications", std::to_string(sweep.replications)},
          {"seed", std::to_string(sweep.seed)},
          {"minimize", sweep.minimize},
          {"against", sweep.against}};
}

}  // namespace

struct Store::Database {
  std::filesystem::path path;
  SQLite::Database db;
  bool logs_ahead = false;

  Database(std::filesystem::path file, int flags)
      : path(std::move(file)), db(path.string(), flags, kBusyMs) {}
  /// One file is left, that can be read where nothing can be written.
  ~Database() {
    if (!logs_ahead) return;
    db.tryExec("PRAGMA busy_timeout = 0");
    // Refused while another process has the store open: then that one does it.
    db.tryExec("PRAGMA journal_mode = DELETE");
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Transactions no longer wait for the disk, which takes longer than replaying a small cell: they
  /// are appended to a log beside the store, that SQLite syncs before it changes the store. A
  /// process that is killed loses none of them, a machine without power the last ones.
  void log_ahead() {
    db.exec("PRAGMA synchronous = NORMAL");
    logs_ahead = db.tryExec("PRAGMA journal_mode = WAL") == SQLITE_OK;
  }

  /// Runs `work`; what SQLite complains about becomes an error of ours.
  template <typename Work>
  auto guarded(const Work& work) {
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      refuse(path, error);
    }
  }

  bool is_empty() { return db.execAndGet("SELECT COUNT(*) FROM sqlite_master").getInt64() == 0; }

  void require_ours() {
    if (pragma(db, "application_id") != kApplicationId) {
      throw InputError({path.string()}, "is no store of a sweep");
    }
    const std::int64_t format = pragma(db, "user_version");
    if (format == kStoreFormat) return;
    throw InputError({path.string()}, fmt::format("is a store of format {}; this program has {}",
                                                  format, kStoreFormat));
  }

  void create_tables() {
    db.exec(kTables);
    db.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
    db.exec(fmt::format("PRAGMA user_version = {}", kStoreFormat));
  }

  std::string meta(const std::string& key) {
    Statement statement(db, "SELECT value FROM meta WHERE key = ?");
    statement.bind(1, key);
    return statement.executeStep() ? statement.getColumn(0).getString() : "";
  }

  void write_plan(const StoredSweep& sweep) {
    db.exec("DELETE FROM meta; DELETE FROM plan; DELETE FROM parameters; DELETE FROM constraints");
    Statement meta(db, "INSERT INTO meta VALUES (?, ?)");
    for (const auto& [key, value] : meta_of(sweep)) run(meta, key, value);
    Statement constraint(db, "INSERT INTO constraints VALUES (?, ?)");
    for (std::size_t i = 0; i < sweep.constraints.size(); ++i) {
      run(constraint, static_cast<std::int64_t>(i), sweep.constraints[i]);
    }
    Statement plan(db, "INSERT INTO plan VALUES (?, ?, ?)");
    Statement parameter(db, "INSERT INTO parameters VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
      const StoredCell& cell = sweep.cells[i];
      const auto ordinal = static_cast<std::int64_t>(i);
      run(plan, ordinal, cell.digest, cell.variant);
      for (std::size_t p = 0; p < cell.values.size(); ++p) {
        run(parameter, ordinal, static_cast<std::int64_t>(p), cell.values[p].path,
            cell.values[p].value);
      }
    }
  }

  template <typename... Values>
  static void run(Statement& statement, const Values&... values) {
    int at = 0;
    (statement.bind(++at, values), ...);
    statement.exec();
    statement.reset();
    statement.clearBindings();
  }

  StoredSweep read_sweep() {
    StoredSweep sweep;
    sweep.name = meta("sweep");
    sweep.engine = meta("engine");
    sweep.trace_digest = meta("trace");
    sweep.span_ns = static_cast<std::int64_t>(std::stoull("0" + meta("span_ns")));
    sweep.design = meta("design");
    sweep.indices = static_cast<std::uint32_t>(std::stoul("0" + meta("indices")));
    sweep.replications = static_cast<std::uint32_t>(std::stoul("0" + meta("replications")));
    sweep.seed = std::stoull("0" + meta("seed"));
    sweep.minimize = meta("minimize");
    sweep.against = meta("against");
    for (Statement s(db, "SELECT text FROM constraints ORDER BY position"); s.executeStep();) {
      sweep.constraints.push_back(s.getColumn(0).getString());
    }
    for (Statement s(db, "SELECT cell, variant FROM plan ORDER BY ordinal"); s.executeStep();) {
      sweep.cells.push_back({s.getColumn(0).getString(), s.getColumn(1).getString(), {}});
    }
    Statement s(db, "SELECT ordinal, path, value FROM parameters ORDER BY ordinal, position");
    while (s.executeStep()) {
      const auto ordinal = static_cast<std::size_t>(s.getColumn(0).getInt64());
      if (ordinal >= sweep.cells.size()) throw InputError({path.string()}, "has a plan with a gap");
      sweep.cells[ordinal].values.push_back(
          {s.getColumn(1).getString(), s.getColumn(2).getString()});
    }
    return sweep;
  }

  void put_run(const std::string& cell, std::size_t replication, const RunFacts& run_facts,
               const std::vector<std::string>& quantities) {
    std::string marks = "?, ?, ?, ?, ?";
    for (std::size_t i = 0; i < run_columns().size(); ++i) marks += ", ?";
    Statement insert(db, "INSERT OR REPLACE INTO runs VALUES (" + marks + ", ?, ?)");
    int at = 0;
    insert.bind(++at, cell);
    insert.bind(++at, static_cast<std::int64_t>(replication));
    insert.bind(++at, run_facts.digest);
    insert.bind(++at, joined(run_facts.platforms));
    insert.bind(++at, std::string(replay::to_string(run_facts.verdict)));
    for (const RunColumn& column : run_columns()) bind_number(insert, ++at, column.get(run_facts));
    if (run_facts.peak) {
      insert.bind(++at, run_facts.peak->unit);
      insert.bind(++at, run_facts.peak->service);
    }
    insert.exec();
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      const check::Measurement& measured = run_facts.measured[q];
      Statement value(db, "INSERT OR REPLACE INTO measurements VALUES (?, ?, ?, ?)");
      value.bind(1, cell);
      value.bind(2, static_cast<std::int64_t>(replication));
      value.bind(3, quantities[q]);
      bind_number(value, 4, measured.known ? std::optional(measured.value) : std::nullopt);
      value.exec();
    }
  }
};

Store::Store(const std::filesystem::path& path, const StoredSweep& sweep) : path_(path) {
  try {
    database_ = std::make_unique<Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    Transaction transaction(database_->db, SQLite::TransactionBehavior::IMMEDIATE);
    if (database_->is_empty()) {
      database_->create_tables();
    } else {
      database_->require_ours();
      const std::string engine = database_->meta("engine");
      if (engine != sweep.engine) {
        throw InputError({path.string()},
                         fmt::format("holds results of skyreplay {}, and this is {}: they are not "
                                     "mixed; give another --store",
                                     engine, sweep.engine));
      }
      const std::string name = database_->meta("sweep");
      if (name != sweep.name) {
        throw InputError({path.string()},
                         fmt::format("is the store of the sweep '{}', not of '{}'; give another "
                                     "--store",
                                     name, sweep.name));
      }
    }
    database_->write_plan(sweep);
    transaction.commit();
    database_->log_ahead();
  } catch (const SQLite::Exception& error) {
    refuse(path, error);
  }
  sweep_ = sweep;
}

Store::Store(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    throw MachineError(fmt::format("{}: No such file or directory", path.string()));
  }
  try {
    // Written to only where a process was killed within a transaction, to take that one back.
    database_ = std::make_unique<Database>(path, SQLite::OPEN_READWRITE);
    database_->require_ours();
    Transaction transaction(database_->db);
    sweep_ = database_->read_sweep();
  } catch (const SQLite::Exception& failure) {
    refuse(path, failure);
  }
}

Store::~Store() = default;

std::set<std::string> Store::finished(const std::vector<std::string>& quantities) {
  return database_->guarded([&] {
    const auto replications = static_cast<std::int64_t>(sweep_.replications);
    std::map<std::string, std::size_t> answers;  // runs complete, and quantities
    Statement runs(database_->db,
                   "SELECT cell FROM runs WHERE replication < ? GROUP BY cell HAVING COUNT(*) = ?");
    runs.bind(1, replications);
    runs.bind(2, replications);
    while (runs.executeStep()) ++answers[runs.getColumn(0).getString()];
    for (const std::string& quantity : quantities) {
      Statement values(database_->db,
                       "SELECT cell FROM measurements WHERE quantity = ? AND replication < ? GROUP "
                       "BY cell HAVING COUNT(*) = ?");
      values.bind(1, quantity);
      values.bind(2, replications);
      values.bind(3, replications);
      while (values.executeStep()) ++answers[values.getColumn(0).getString()];
    }
    std::set<std::string> cells;
    for (const auto& [cell, count] : answers) {
      if (count == 1 + quantities.size()) cells.insert(cell);
    }
    return cells;
  });
}

bool Store::is_finished(const std::string& cell, const std::vector<std::string>& quantities) {
  const std::vector<RunFacts> found = runs(cell, quantities);
  const auto complete = [&](const RunFacts& run) {
    return run.measured.size() == quantities.size();
  };
  return found.size() == sweep_.replications && std::ranges::all_of(found, complete);
}

void Store::put(const std::string& cell, const std::vector<RunFacts>& runs,
                const std::vector<std::string>& quantities, std::int64_t finished_ms,
                std::int64_t wall_ms) {
  database_->guarded([&] {
    Transaction transaction(database_->db, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t r = 0; r < runs.size(); ++r) database_->put_run(cell, r, runs[r], quantities);
    Statement timing(database_->db, "INSERT OR REPLACE INTO timings VALUES (?, ?, ?)");
    Database::run(timing, cell, finished_ms, wall_ms);
    transaction.commit();
  });
}

std::vector<RunFacts> Store::runs(const std::string& cell,
                                  const std::vector<std::string>& quantities) {
  return database_->guarded([&] {
    std::string names;
    for (const RunColumn& column : run_columns()) names += fmt::format(", {}", column.name);
    Statement query(database_->db,
                    "SELECT result_digest, platforms, verdict, peak_unit, peak_service" + names +
                        " FROM runs WHERE cell = ? AND replication < ? ORDER BY "
                        "replication");
    query.bind(1, cell);
    query.bind(2, static_cast<std::int64_t>(sweep_.replications));
    std::vector<RunFacts> found;
    while (query.executeStep()) {
      RunFacts run;
      run.digest = query.getColumn(0).getString();
      run.platforms = split(query.getColumn(1).getString());
      run.verdict = verdict_of(query.getColumn(2).getString());
      int at = 5;
      for (const RunColumn& column : run_columns()) {
        const SQLite::Column value = query.getColumn(at++);
        column.set(run, value.isNull() ? std::nullopt : std::optional(value.getInt64()));
      }
      if (run.peak) {
        run.peak->unit = query.getColumn(3).getString();
        run.peak->service = query.getColumn(4).getString();
      }
      found.push_back(std::move(run));
    }
    for (const std::string& quantity : quantities) {
      Statement values(
          database_->db,
          "SELECT replication, value FROM measurements WHERE cell = ? AND quantity = ? "
          "ORDER BY replication");
      values.bind(1, cell);
      values.bind(2, quantity);
      while (values.executeStep()) {
        const auto replication = static_cast<std::size_t>(values.getColumn(0).getInt64());
        if (replication >= found.size()) break;
        const SQLite::Column value = values.getColumn(1);
        found[replication].measured.push_back(
            {.known = !value.isNull(), .value = value.getInt64(), .holds = false});
      }
    }
    return found;
  });
}

void Store::merge(const std::filesystem::path& other) {
  const Store from(other);
  StoredSweep theirs = from.sweep_;
  const auto cells_differ = [&] {
    return !std::ranges::equal(theirs.cells, sweep_.cells, {}, &StoredCell::digest,
                               &StoredCell::digest);
  };
  if (meta_of(theirs) != meta_of(sweep_) || cells_differ()) {
    throw InputError({other.string()}, "is of another sweep, or of the same one planned otherwise");
  }
  database_->guarded([&] {
    SQLite::Database& db = database_->db;
    Statement attach(db, "ATTACH DATABASE ? AS other");
    attach.bind(1, other.string());
    attach.exec();
    {
      Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
      Statement clash(db,
                      "SELECT a.cell FROM runs a JOIN other.runs b ON a.cell = b.cell AND "
                      "a.replication = b.replication WHERE a.result_digest != b.result_digest");
      if (clash.executeStep()) {
        throw InputError(
            {other.string()},
            fmt::format("has another result of cell {}: one of the two was not made by "
                        "this version",
                        clash.getColumn(0).getString()));
      }
      for (const char* table : {"runs", "measurements", "timings"}) {
        db.exec(fmt::format("INSERT OR IGNORE INTO {0} SELECT * FROM other.{0}", table));
      }
      transaction.commit();
    }
    db.exec("DETACH DATABASE other");
  });
}

StoredPace Store::pace() {
  return database_->guarded([&] {
    Statement query(database_->db,
                    "SELECT COUNT(*), MIN(finished_ms), MAX(finished_ms) FROM (SELECT finished_ms "
                    "FROM timings ORDER BY finished_ms DESC LIMIT 50)");
    query.executeStep();
    return StoredPace{.first_finished_ms = query.getColumn(1).getInt64(),
                      .last_finished_ms = query.getColumn(2).getInt64(),
                      .cells = static_cast<std::uint64_t>(query.getColumn(0).getInt64())};
  });
}

}  // namespace skyreplay::sweep
