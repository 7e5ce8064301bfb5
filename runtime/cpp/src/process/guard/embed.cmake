# Writes the bytes of a file as the elements of a C++ array:
# cmake -D INPUT=… -D OUTPUT=… -P embed.cmake        (no input: no bytes)
set(bytes "")
if(INPUT)
  file(READ "${INPUT}" bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
endif()
file(WRITE "${OUTPUT}" "${bytes}")
