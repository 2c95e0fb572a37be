// The fuzz targets, by name.
#include <utility>

#include "fuzz.h"

namespace coordinator::fuzz {

void agent_lines(std::string_view input);
void configuration(std::string_view input);
void control_socket(std::string_view input);
void custom_id(std::string_view input);
void gateway(std::string_view input);
void inflate(std::string_view input);
void interaction(std::string_view input);
void markdown(std::string_view input);
void notes(std::string_view input);
void plugin_file(std::string_view input);
void plugin_json(std::string_view input);
void rest_answer(std::string_view input);
void shim(std::string_view input);
void spool(std::string_view input);
void splitter(std::string_view input);

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {{"agent_lines", agent_lines},
                                          {"configuration", configuration},
                                          {"control_socket", control_socket},
                                          {"custom_id", custom_id},
                                          {"gateway", gateway},
                                          {"inflate", inflate},
                                          {"interaction", interaction},
                                          {"markdown", markdown},
                                          {"notes", notes},
                                          {"plugin_file", plugin_file},
                                          {"plugin_json", plugin_json},
                                          {"rest_answer", rest_answer},
                                          {"shim", shim},
                                          {"spool", spool},
                                          {"splitter", splitter}};
  return all;
}

namespace {

std::string first;

}  // namespace

void require(bool holds, std::string_view what) {
  if (!holds && first.empty()) first = what;
}

std::string complaint() { return std::exchange(first, {}); }

}  // namespace coordinator::fuzz
