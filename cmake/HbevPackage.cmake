# What is installed beside the programs, and the Debian package (packaging/deb).
include(GNUInstallDirs)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/hbevocc-studio)
if(HBEV_STUDIO)
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/hbevocc-studio.desktop
          DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES ${CMAKE_SOURCE_DIR}/resources/app-icon.svg
          DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps RENAME hbevocc-studio.svg)
endif()

# What runs beside the linked libraries: the role `run` of the one list of packages.
file(STRINGS ${CMAKE_SOURCE_DIR}/packaging/packages.txt lines REGEX "^[a-z0-9.+-]+ +run ")
set(run_packages "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE " .*" "" package "${line}")
  list(APPEND run_packages ${package})
endforeach()
list(JOIN run_packages ", " CPACK_DEBIAN_PACKAGE_DEPENDS)

set(CPACK_PACKAGE_NAME hbevocc-studio)
set(CPACK_PACKAGE_CONTACT "The HBEVOcc Studio developers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
