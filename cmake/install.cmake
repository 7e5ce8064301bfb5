# What `cmake --install` and `cpack -G DEB` put on a machine: the mfgen program, the C++ runtime and
# its headers, and the CMake package by which a project finds both. Templates are compiled in.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/mfgen")

install(TARGETS mfgen multifrost EXPORT mfgenTargets)
install(DIRECTORY runtime/cpp/include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
install(EXPORT mfgenTargets NAMESPACE mfgen:: DESTINATION "${package_dir}")

configure_package_config_file(cmake/mfgenConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/mfgenConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may change what generated code asks of the runtime.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/mfgenConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/mfgenConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/mfgenConfigVersion.cmake"
              cmake/mfgen_add_interface.cmake
        DESTINATION "${package_dir}")
install(FILES README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)  # Debian's name for it

set(CPACK_PACKAGE_NAME mfgen)
set(CPACK_PACKAGE_VENDOR "The mfgen authors")
set(CPACK_PACKAGE_CONTACT "The mfgen authors")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# The shared libraries that mfgen links are found by shlibdeps; libzmq is loaded by programs that
# choose its transport.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libzmq5")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake (>= 3.25), python3 (>= 3.10)")
if(PROJECT_IS_TOP_LEVEL)
  include(CPack)
endif()
