# What a floor is: one folder of core, one static library, and the floors below it that it may use.

configure_file(${CMAKE_SOURCE_DIR}/etc/cmake/version.h.in ${CMAKE_BINARY_DIR}/generated/version.h @ONLY)

function(coordinator_floor name)
  cmake_parse_arguments(FLOOR "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/${name}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main[^/]*\\.cc$")
  if(sources)
    add_library(coordinator_${name} STATIC ${sources})
    set(visibility PUBLIC)
  else()
    add_library(coordinator_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(coordinator_${name} ${visibility}
    ${CMAKE_SOURCE_DIR}/core ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/generated)
  foreach(floor ${FLOOR_DEPENDS})
    target_link_libraries(coordinator_${name} ${visibility} coordinator_${floor})
  endforeach()
  target_link_libraries(coordinator_${name} ${visibility} ${FLOOR_LIBRARIES})
  set_property(GLOBAL APPEND_STRING PROPERTY COORDINATOR_FLOORS "${name}: ${FLOOR_DEPENDS}\n")
endfunction()

# The programs: each is a main file and the floors it stands on. A program whose main does not exist is not built.
function(coordinator_program name main)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${main})
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE ${ARGN})
    install(TARGETS ${name})
  endif()
endfunction()

function(coordinator_programs)
  coordinator_program(coordinatord core/app/main.cc coordinator_app)
  coordinator_program(coordinator core/app/main_command.cc coordinator_app)
  coordinator_program(coordinator-shim core/shim/main.cc coordinator_shim)
  # One of these runs beside every agent: its C++ library comes along, so that its relocations do not.
  if(TARGET coordinator-shim AND NOT COORDINATOR_SANITIZE)
    target_link_options(coordinator-shim PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()
