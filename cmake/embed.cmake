# sky_embed(TARGET FILE NAMESPACE SYMBOL)
#
# Compiles FILE's bytes into TARGET as `extern const std::string_view NAMESPACE::SYMBOL`; declare it
# where it is used. The object depends on the bytes alone, not on where the source lies.
set(SKY_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(sky_embed target file namespace symbol)
  get_filename_component(name ${file} NAME)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${source} -DOUTPUT=${output} -DSYMBOL=${symbol}
            -DNAMESPACE=${namespace} -P ${SKY_EMBED_SCRIPT}
    DEPENDS ${source} ${SKY_EMBED_SCRIPT}
    COMMENT "Embedding ${name}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  file(WRITE ${OUTPUT}
    "#include <string_view>\n\n"
    "namespace ${NAMESPACE} {\n"
    "static const unsigned char kBytes[] = {\n${bytes}\n};\n"
    "extern const std::string_view ${SYMBOL};\n"
    "const std::string_view ${SYMBOL}(reinterpret_cast<const char*>(kBytes), sizeof(kBytes));\n"
    "}  // namespace ${NAMESPACE}\n")
endif()
