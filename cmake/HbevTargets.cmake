# How every target of this project is compiled, and one function per kind of target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(HBEV_CCACHE ccache)
if(HBEV_CCACHE)
  # ccache keeps files that use precompiled headers only when it is told that their defines and times do not matter.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${HBEV_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Off where a compiler builds it that nobody has tried: what it warns of can wait.
option(HBEV_WERROR "Warnings are errors" ON)
if(HBEV_WERROR)
  set(HBEV_CUDA_WERROR -Werror=all-warnings -Xcompiler=-Werror)
endif()
add_library(hbev_flags INTERFACE)
target_compile_options(hbev_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<BOOL:${HBEV_WERROR}>:-Werror>)
target_include_directories(hbev_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(hbev_flags INTERFACE HBEV_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside its own std::string when it optimises (GCC bug 105651).
  target_compile_options(hbev_flags INTERFACE $<$<CONFIG:Release>:-Wno-restrict>)
endif()
# The evaluator's arithmetic is compared to the last bit with the reference's, which is compiled without
# fused multiply-add contraction on the CPU.
target_compile_options(hbev_flags INTERFACE -ffp-contract=off)
if(HBEV_CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hbev_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
if(HBEV_SANITIZE)
  # Sanitizers confuse GCC's flow warnings, which then name code that is right.
  target_compile_options(hbev_flags INTERFACE -fsanitize=${HBEV_SANITIZE} -fno-omit-frame-pointer
                                              -Wno-maybe-uninitialized)
  # The sanitizer's tables of classes name a few functions of LibTorch 1.13 that its library does not hold and that nobody
  # calls.
  target_link_options(hbev_flags INTERFACE -fsanitize=${HBEV_SANITIZE} -Wl,--unresolved-symbols=ignore-all)
endif()

# hbev_add_library(NAME SOURCES ... LINK ... [PRIVATE_LINK ...] [PRECOMPILE ...]): the folder NAME as one static library.
# PRECOMPILE: headers of other libraries that most of its files include and that are slow to compile.
function(hbev_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK;PRECOMPILE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC hbev_flags ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
  hbev_unity(${name})
  if(ARG_PRECOMPILE)
    target_precompile_headers(${name} PRIVATE ${ARG_PRECOMPILE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # The library's headers are no system headers once they are precompiled, and GCC 12 warns falsely of the copies
      # inside its own std::string when it optimises (like -Wrestrict above).
      target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-Wno-stringop-overflow>)
    endif()
  endif()
endfunction()

# With HBEV_UNITY a target's files are compiled eight at a time: most of a file's time goes into the headers that all
# of a target include. Anonymous namespaces are shared then; a file with its own compile options stays by itself.
function(hbev_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${HBEV_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# hbev_compile_together(TARGET GROUP file.cpp...): files that spend their compile time in the headers of other libraries
# are compiled as one. Their anonymous namespaces are one, too: no name twice.
function(hbev_compile_together target group)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_source_files_properties(${ARGN} PROPERTIES UNITY_GROUP ${group})
endfunction()

# What the files of the window include most.
set(HBEV_QT_HEADERS <algorithm> <array> <cmath> <functional> <memory> <optional> <vector> <QtCore/QSettings> <QtCore/QTimer>
                    <QtGui/QAction> <QtGui/QPainter> <QtWidgets/QApplication> <QtWidgets/QBoxLayout> <QtWidgets/QLabel>
                    <QtWidgets/QListView> <QtWidgets/QMenu> <QtWidgets/QScrollArea> <QtWidgets/QToolButton>)
