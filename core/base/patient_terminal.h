// The sink for lines on stderr that never waits for whoever reads them.
#pragma once

#include <spdlog/sinks/stdout_color_sinks.h>

#include <cstddef>

namespace coordinator::log {

// A pipe whose reader has stopped is full one day, and a write to it would hold the whole loop up. What does
// not fit is left out, and the next line that fits is preceded by how many those were.
class PatientTerminal : public spdlog::sinks::stderr_color_sink_mt {
 public:
  void log(const spdlog::details::log_msg& line) override;

 private:
  std::size_t left_out_ = 0;
};

}  // namespace coordinator::log
