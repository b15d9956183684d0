# SPDX-License-Identifier: MIT
# cmake --install: headers, libraries, the program and its man page, a CMake package, pkg-config files.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(weir_libraries weir_core)
if(TARGET weir_transports)
    list(APPEND weir_libraries weir_transports)
endif()

# 0.x promises no ABI: each minor version has a soname of its own.
foreach(library IN LISTS weir_libraries)
    string(REGEX REPLACE "^weir_" "" name ${library})
    set_target_properties(${library} PROPERTIES
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    install(DIRECTORY ${name}/include/weir DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
endforeach()
install(TARGETS ${weir_libraries} EXPORT weirTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

if(TARGET weir)
    if(BUILD_SHARED_LIBS AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        file(RELATIVE_PATH from_bin "/p/${CMAKE_INSTALL_BINDIR}" "/p/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(weir PROPERTIES INSTALL_RPATH "$ORIGIN/${from_bin}")
    endif()
    install(TARGETS weir RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    install(DIRECTORY docs/man/ DESTINATION "${CMAKE_INSTALL_MANDIR}/man1"
        FILES_MATCHING PATTERN "*.1")
endif()

# find_package(weir)
set(weir_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/weir")
configure_package_config_file(cmake/weirConfig.cmake.in
    "${CMAKE_CURRENT_BINARY_DIR}/weirConfig.cmake" INSTALL_DESTINATION "${weir_cmake_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/weirConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/weirConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/weirConfigVersion.cmake" DESTINATION "${weir_cmake_dir}")
install(EXPORT weirTargets NAMESPACE weir:: DESTINATION "${weir_cmake_dir}")

# pkg-config: the prefix is found from the place of the .pc file, so that an install can be moved.
set(weir_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(weir_pc_prefix "${CMAKE_INSTALL_PREFIX}")
    set(weir_pc_libdir "${CMAKE_INSTALL_LIBDIR}")
else()
    file(RELATIVE_PATH up "/p/${weir_pc_dir}" "/p")
    string(REGEX REPLACE "/$" "" up "${up}")
    set(weir_pc_prefix "\${pcfiledir}/${up}")
    set(weir_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(weir_pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
    set(weir_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
# A static library passes its needs on to whoever links it.
get_target_property(weir_library_type weir_core TYPE)
if(weir_library_type STREQUAL "SHARED_LIBRARY")
    set(weir_pc_requires "Requires.private")
else()
    set(weir_pc_requires "Requires")
endif()
foreach(library IN LISTS weir_libraries)
    string(REPLACE "_" "-" name ${library})
    configure_file(cmake/${name}.pc.in "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${weir_pc_dir}")
endforeach()
