# The package of find_package(coordinator): what a command plugin is built with.
include(${CMAKE_CURRENT_LIST_DIR}/coordinator-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/coordinator_plugin.cmake)
