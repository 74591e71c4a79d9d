# cmake -DSOURCES=FOLDER -DHEADER=FILE -DVERSION=V -P source_digest.cmake: writes a header that defines
# SKYREPLAY_ENGINE as the version and the first digits of a digest over everything that decides a result: the
# sources and data below sim/ and proto/. Two builds of one version that may answer differently are told apart
# by it; compilers and build types are not, since they must not make a difference.
file(GLOB_RECURSE files RELATIVE ${SOURCES} ${SOURCES}/sim/* ${SOURCES}/proto/*)
list(SORT files)
set(all "")
foreach(file ${files})
  file(SHA256 ${SOURCES}/${file} digest)
  string(APPEND all "${file} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING ${digest} 0 12 digest)
file(WRITE ${HEADER}.new "#pragma once\n\n#define SKYREPLAY_ENGINE \"${VERSION}+${digest}\"\n")
file(COPY_FILE ${HEADER}.new ${HEADER} ONLY_IF_DIFFERENT)
file(REMOVE ${HEADER}.new)
