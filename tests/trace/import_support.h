#pragma once

#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "skyreplay/trace_import.h"
#include "support/temp_folder.h"
#include "support/traces.h"
#include "trace/reader.h"

namespace skyreplay::trace::testing {

using skyreplay::testing::real_trace;

/// A fresh folder that takes texts as files.
class Folder : public skyreplay::testing::TempFolder {
 public:
  std::string write(const std::string& name, const std::string& text) const {
    skyreplay::testing::write_file(path() / name, text);
    return (path() / name).string();
  }
  std::string write_gzip(const std::string& name, const std::string& text) const {
    gzFile file = gzopen((path() / name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return (path() / name).string();
  }
  std::string write_zstd(const std::string& name, const std::string& text) const {
    return write(name, zstd(text));
  }

  /// One frame with a checksum.
  static std::string zstd(const std::string& text) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    std::string frame(ZSTD_compressBound(text.size()), '\0');
    frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), text.data(), text.size()));
    ZSTD_freeCCtx(context);
    return frame;
  }
};

/// A whole trace in memory.
struct Contents {
  TraceInfo info;
  std::vector<Row> rows;

  /// The rows, one a line, routes by name.
  std::string rows_text() const {
    std::string text;
    for (const Row& row : rows) {
      text += to_rfc3339(row.arrival) + " " + info.routes[row.route].name + " " +
              format_duration(row.work) + "+" + format_duration(row.wait) + " " +
              std::to_string(row.bytes_in) + " " + std::to_string(row.bytes_out) + "\n";
    }
    return text;
  }
};

inline Contents contents(const std::filesystem::path& path) {
  Reader reader(path);
  Contents result{reader.info(), {}};
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      Row row{.arrival = TimePoint{Duration{batch.arrival_ns[i]}},
              .route = batch.route[i],
              .work = Duration{batch.work_ns[i]},
              .wait = Duration{batch.wait_ns[i]},
              .bytes_in = batch.bytes_in[i],
              .bytes_out = batch.bytes_out[i]};
      if (reader.status() != nullptr) row.status = reader.status()[i];
      if (reader.init_ns() != nullptr) row.init = Duration{reader.init_ns()[i]};
      if (reader.memory_used_mib() != nullptr) row.memory_used_mib = reader.memory_used_mib()[i];
      result.rows.push_back(row);
    }
  }
  return result;
}

/// What an InputError says; "no error" if none is thrown.
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace skyreplay::trace::testing
