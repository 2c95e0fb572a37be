# How a command plugin is built, in this project and, installed with the package, in others.
#
#   coordinator_add_plugin(NAME SOURCE...)      makes NAME.so of them
function(coordinator_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE coordinator::plugin)
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX .so)
endfunction()
