# What is installed beside the programs: the contract, the commands, the ways to build one, the documentation.
# All of it may be moved afterwards: nothing holds the prefix.
include(CMakePackageConfigHelpers)

# The component: what writing a command needs, without the programs.
set(component COMPONENT plugins)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/coordinator DESTINATION include ${component}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

configure_file(${CMAKE_SOURCE_DIR}/etc/cmake/coordinator.pc.in ${CMAKE_BINARY_DIR}/generated/coordinator.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/generated/coordinator.pc DESTINATION lib/pkgconfig ${component})
install(FILES ${CMAKE_SOURCE_DIR}/etc/cmake/plugin.map DESTINATION lib/coordinator ${component})

# find_package(coordinator): the target coordinator::plugin and the function coordinator_add_plugin.
set(package lib/cmake/coordinator)
install(TARGETS coordinator_plugin EXPORT coordinator ${component})
install(EXPORT coordinator NAMESPACE coordinator:: FILE coordinator-targets.cmake DESTINATION ${package}
  ${component})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/coordinator-config-version.cmake
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_SOURCE_DIR}/etc/cmake/coordinator-config.cmake
  ${CMAKE_SOURCE_DIR}/etc/cmake/coordinator_plugin.cmake
  ${CMAKE_BINARY_DIR}/generated/coordinator-config-version.cmake DESTINATION ${package} ${component})

install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/LICENSE
  ${CMAKE_SOURCE_DIR}/etc/coordinator.example.toml DESTINATION share/doc/coordinator ${component})
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/README.md ${CMAKE_CURRENT_SOURCE_DIR}/ping.c
  DESTINATION share/doc/coordinator/plugins ${component})
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/examples DESTINATION share/doc/coordinator/plugins ${component})
