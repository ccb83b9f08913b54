// Nothing but what CMake compiles before it: the headers that all tests share (CMakeLists.txt).
int main() {}
