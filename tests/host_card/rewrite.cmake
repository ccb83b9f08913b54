# cmake -DFROM=x.cu -DTO=x.cpp -P rewrite.cmake: a CUDA file as C++ for the host card, in a namespace of its own, so that a
# program can hold the card's kernels beside it.
file(READ "${FROM}" text)
string(REGEX REPLACE "([A-Za-z]+(<[^<>;]*>)?)[ \n]*<<<([^;]*)>>>\\(([^;]*)\\);"
                     "::hbev::host_card::Launch(\\3)([&] { \\1(\\4); });" text "${text}")
if(text MATCHES "<<<")
  message(FATAL_ERROR "${FROM}: a launch is not followed by its arguments and a semicolon")
endif()
string(REPLACE "namespace hbev {" "namespace hbev::host_card {" text "${text}")
file(WRITE "${TO}" "#include <cuda_runtime.h>\n#line 1 \"${FROM}\"\n${text}")
