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
  set(CMAKE_C_COMPILER_LAUNCHER ${HBEV_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HBEV_CCACHE})
endif()

add_library(hbev_flags INTERFACE)
target_compile_options(hbev_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror)
target_include_directories(hbev_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(hbev_flags INTERFACE HBEV_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside its own std::string when it optimises (GCC bug 105651).
  target_compile_options(hbev_flags INTERFACE $<$<CONFIG:Release>:-Wno-restrict>)
endif()
# The evaluator's arithmetic is compared to the last bit with the reference's, which is compiled without
# fused multiply-add contraction on the CPU.
target_compile_options(hbev_flags INTERFACE -ffp-contract=off)
if(HBEV_SANITIZE)
  # Sanitizers confuse GCC's flow warnings, which then name code that is right.
  target_compile_options(hbev_flags INTERFACE -fsanitize=${HBEV_SANITIZE} -fno-omit-frame-pointer
                                              -Wno-maybe-uninitialized)
  target_link_options(hbev_flags INTERFACE -fsanitize=${HBEV_SANITIZE})
endif()

# hbev_add_library(NAME SOURCES ... LINK ... [PRIVATE_LINK ...]): the folder NAME as one static library.
function(hbev_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC hbev_flags ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()
