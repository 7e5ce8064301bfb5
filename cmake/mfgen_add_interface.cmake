# mfgen_add_interface(): from .mfidl files to a library target that a program links.
#
#   mfgen_add_interface(<target>
#     SOURCES <file.mfidl>...       files to generate from, relative to the calling directory
#     [BASE_DIR <dir>]              root of the include paths; default: the calling directory.
#                                   api/vision.mfidl below it is included as "api/vision.mf.h"
#     [INCLUDE_DIRS <dir>...]       further folders in which imports are looked up
#     [IMPORTS <target>...]         interface targets that own the imported files: their folders are
#                                   searched, and they are linked publicly
#     [LANGUAGES cpp|python...]     default: cpp
#     [SPLIT <n>])                  spread each file's methods over n further sources, so that a big
#                                   interface compiles in parallel
#
# <target> is a static library, or a shared one where BUILD_SHARED_LIBS says so. Its headers form the
# file set HEADERS: a target in any directory that links <target> can include them, and
# install(TARGETS <target> EXPORT … FILE_SET HEADERS) installs them. Python modules are written below
# the first folder in the target's property MFGEN_PYTHON_DIRS, which lists those of IMPORTS behind it.
# Without cpp there is nothing to link, but the target can still be built and named in
# add_dependencies().
#
# Files are generated anew when their .mfidl, anything that it imports, or mfgen itself changes. A
# second build does nothing. With Ninja, what is generated with the same text as before is not
# compiled again.
#
# Cross-compiling: the mfgen that runs during the build must be the build machine's. Name it in
# MFGEN_EXECUTABLE; when that is empty, the mfgen of this package (or of this tree) runs.

set(MFGEN_EXECUTABLE "" CACHE FILEPATH "mfgen to run during the build; empty: the package's own")
mark_as_advanced(MFGEN_EXECUTABLE)

define_property(TARGET PROPERTY MFGEN_IDL_DIRS
  BRIEF_DOCS "Roots of this interface's .mfidl files and of those that it imports")
define_property(TARGET PROPERTY MFGEN_PYTHON_DIRS
  BRIEF_DOCS "Roots of the Python modules generated from this interface and from those that it imports")

function(mfgen_add_interface target)
  cmake_parse_arguments(PARSE_ARGV 1 arg ""
    "BASE_DIR;SPLIT" "SOURCES;INCLUDE_DIRS;IMPORTS;LANGUAGES")
  set(where "mfgen_add_interface(${target})")
  _mfgen_check_arguments()

  # Absolute paths once: what mfgen is told and what is expected of it must agree.
  cmake_path(ABSOLUTE_PATH arg_BASE_DIR NORMALIZE OUTPUT_VARIABLE base_dir)
  set(idl_dirs "${base_dir}")
  foreach(dir IN LISTS arg_INCLUDE_DIRS)
    cmake_path(ABSOLUTE_PATH dir NORMALIZE)
    list(APPEND idl_dirs "${dir}")
  endforeach()
  foreach(import IN LISTS arg_IMPORTS)
    get_target_property(dirs ${import} MFGEN_IDL_DIRS)
    if(NOT dirs)
      message(FATAL_ERROR "${where}: '${import}' was not made by mfgen_add_interface()")
    endif()
    list(APPEND idl_dirs ${dirs})
  endforeach()
  list(REMOVE_DUPLICATES idl_dirs)

  set(out_dir "${CMAKE_CURRENT_BINARY_DIR}/mfgen/${target}")
  set(outputs "")
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(IS_PREFIX base_dir "${source}" inside)
    if(NOT inside)
      message(FATAL_ERROR "${where}: ${source} is not below BASE_DIR ${base_dir}")
    endif()
    _mfgen_add_command(new_outputs)
    list(APPEND outputs ${new_outputs})
  endforeach()

  if("cpp" IN_LIST arg_LANGUAGES)
    set(headers ${outputs})
    list(FILTER headers INCLUDE REGEX "\\.h$")
    list(REMOVE_ITEM outputs ${headers})
    add_library(${target})
    target_sources(${target} PRIVATE ${outputs}
      PUBLIC FILE_SET HEADERS BASE_DIRS "${out_dir}" FILES ${headers})
    target_link_libraries(${target} PUBLIC mfgen::multifrost ${arg_IMPORTS})
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} PRIVATE ${outputs})
  endif()
  set_target_properties(${target} PROPERTIES MFGEN_IDL_DIRS "${idl_dirs}")
  if("python" IN_LIST arg_LANGUAGES)
    set(python_dirs "${out_dir}")
    foreach(import IN LISTS arg_IMPORTS)
      get_target_property(dirs ${import} MFGEN_PYTHON_DIRS)
      if(NOT dirs)
        message(FATAL_ERROR "${where}: its Python modules import those of '${import}', "
                            "which needs LANGUAGES python, too")
      endif()
      list(APPEND python_dirs ${dirs})
    endforeach()
    list(REMOVE_DUPLICATES python_dirs)
    set_target_properties(${target} PROPERTIES MFGEN_PYTHON_DIRS "${python_dirs}")
  endif()
endfunction()

# The checks of mfgen_add_interface()'s arguments, and its defaults; a macro, so that both see them.
macro(_mfgen_check_arguments)
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${where}: unexpected '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "${where}: name at least one .mfidl file after SOURCES")
  endif()
  foreach(source IN LISTS arg_SOURCES)
    if(NOT source MATCHES "\\.mfidl$")
      message(FATAL_ERROR "${where}: '${source}' is not named *.mfidl")
    endif()
  endforeach()
  foreach(import IN LISTS arg_IMPORTS)
    if(NOT TARGET ${import})
      message(FATAL_ERROR "${where}: IMPORTS names '${import}', which is not a target so far")
    endif()
  endforeach()
  if(NOT DEFINED arg_LANGUAGES)
    set(arg_LANGUAGES cpp)
  endif()
  foreach(language IN LISTS arg_LANGUAGES)
    if(NOT language MATCHES "^(cpp|python)$")
      message(FATAL_ERROR "${where}: language '${language}' is neither cpp nor python")
    endif()
  endforeach()
  if(DEFINED arg_SPLIT AND NOT arg_SPLIT MATCHES "^[1-9][0-9]*$")
    message(FATAL_ERROR "${where}: SPLIT takes a positive number, not '${arg_SPLIT}'")
  endif()
  if(NOT DEFINED arg_BASE_DIR)
    set(arg_BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
endmacro()

# Adds the command that generates from `source`, and gives the files that it writes. Reads the
# variables of mfgen_add_interface(), which alone calls it.
function(_mfgen_add_command outputs_var)
  cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${base_dir}" OUTPUT_VARIABLE stem)
  cmake_path(REMOVE_EXTENSION stem LAST_ONLY)
  set(stem "${out_dir}/${stem}")

  set(outputs "")
  if("cpp" IN_LIST arg_LANGUAGES)
    list(APPEND outputs "${stem}.mf.h" "${stem}.mock.mf.h" "${stem}.mf.cc")
    if(arg_SPLIT)
      foreach(shard RANGE 1 ${arg_SPLIT})
        list(APPEND outputs "${stem}.mf.${shard}.cc")
      endforeach()
    endif()
  endif()
  if("python" IN_LIST arg_LANGUAGES)
    list(APPEND outputs "${stem}_mf.py")
  endif()

  set(tool "${MFGEN_EXECUTABLE}")
  set(tool_file "")
  if(NOT tool)
    set(tool mfgen::mfgen)
    set(tool_file "$<TARGET_FILE:mfgen::mfgen>")
  endif()
  set(include_options "")
  foreach(dir IN LISTS idl_dirs)
    list(APPEND include_options -I "${dir}")
  endforeach()
  list(JOIN arg_LANGUAGES "," languages)
  set(split_options "")
  if(arg_SPLIT)
    set(split_options --split ${arg_SPLIT})
  endif()
  # mfgen leaves a file alone whose text would not change. Ninja understands that; Make would then
  # run the command in every build, so there the file that stands for the command is touched.
  list(GET outputs 0 first_output)
  set(mark_done "")
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(mark_done COMMAND "${CMAKE_COMMAND}" -E touch "${first_output}")
  endif()

  cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" OUTPUT_VARIABLE shown)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${tool} generate "${source}" --lang ${languages} --out "${out_dir}"
            ${include_options} --depfile "${stem}.mf.d" ${split_options}
    ${mark_done}
    DEPENDS "${source}" ${tool} ${tool_file}
    DEPFILE "${stem}.mf.d"
    COMMENT "Generating ${languages} from ${shown}"
    VERBATIM)
  set(${outputs_var} "${outputs}" PARENT_SCOPE)
endfunction()
